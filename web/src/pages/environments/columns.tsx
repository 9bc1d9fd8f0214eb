import { Badge, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { statusQuery, type Environment } from '~/api/queries/environments';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import type { Column } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import classes from './columns.module.css';
import { wellness } from './list-search';

interface How {
  /** The ID of the current environment. */
  current: string | undefined;
  narrow: boolean;
  services: boolean;
}

/** The columns of the list; on a phone one, with all that matters in two lines. */
export function useColumns({ current, narrow, services }: How): Column<Environment>[] {
  const { environments: t, parts } = useText();
  return useMemo(() => {
    const name: Column<Environment> = {
      id: 'name',
      title: t.name,
      width: 'minmax(200px, 1.6fr)',
      sort: (each) => each.name,
      cell: (each) => (
        <span className={classes.name} title={each.name}>
          <Go to={addresses.environment(each.name)} fw={600}>
            {each.name}
          </Go>
          {each.id === current && (
            <Badge variant="light" radius="sm" tt="none" size="sm" leftSection={<Icon name="live" size={12} />} title={parts.currentSays} style={{ flexShrink: 0 }}>
              {parts.current}
            </Badge>
          )}
        </span>
      ),
    };
    const row2: Column<Environment>[] = services ? [{ id: 'services', title: t.services, width: 'minmax(210px, 2fr)', cell: (each) => <Services environment={each} /> }] : [];
    if (narrow) {
      return [
        {
          ...name,
          width: 'minmax(0, 1fr)',
          cell: (each) => (
            <div className={classes.card}>
              <div className={classes.line}>
                {name.cell(each)}
                <StatusBadge status={each.status} />
              </div>
              <div className={classes.line}>
                <Version version={each.metadata.version} />
                {services ? <Services environment={each} /> : <Health environment={each} />}
              </div>
            </div>
          ),
        },
      ];
    }
    return [
      name,
      { id: 'type', title: t.type, width: 'minmax(126px, 0.7fr)', sort: (each) => each.type, cell: (each) => parts.type[each.type] },
      { id: 'status', title: t.status, width: 'minmax(110px, 0.7fr)', sort: (each) => each.status, cell: (each) => <StatusBadge status={each.status} /> },
      { id: 'version', title: t.version, width: 'minmax(90px, 0.8fr)', sort: (each) => each.metadata.version, cell: (each) => <Version version={each.metadata.version} /> },
      { id: 'health', title: t.health, width: 'minmax(148px, 1.2fr)', sort: (each) => (wellness(each) === 'unknown' ? -1 : (each.health?.score ?? -1)), cell: (each) => <Health environment={each} /> },
      ...row2,
      { id: 'deployed', title: t.deployed, width: 'minmax(116px, 0.9fr)', sort: (each) => each.metadata.lastDeployment?.deployedAt ?? '', cell: (each) => <Ago at={each.metadata.lastDeployment?.deployedAt} /> },
      { id: 'behind', title: t.upstream, width: 'minmax(168px, 0.9fr)', sort: (each) => each.behind?.releases ?? 0, cell: (each) => each.behind && each.behind.releases > 0 && <Behind environment={each} /> },
      { id: 'region', title: t.region, width: 'minmax(100px, 0.6fr)', sort: (each) => each.spec.region ?? '', cell: (each) => each.spec.region },
      { id: 'tags', title: t.tags, width: 'minmax(120px, 1fr)', cell: (each) => <Tags environment={each} /> },
    ];
  }, [t, parts, current, narrow, services]);
}

function Health({ environment }: { environment: Environment }) {
  const t = useText().environment.headline;
  const f = useFormat();
  const { health } = environment;
  if (!health) return <HealthBadge health="unknown" />;
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <HealthBadge health={health.status} />
      {wellness(environment) !== 'unknown' && (
        <span className={classes.note} title={health.worst && t.mostlyFor(health.worst)}>
          {f.percent(health.score / 100)}
          {health.worst && `, ${health.worst}`}
        </span>
      )}
    </Group>
  );
}

function Behind({ environment: { behind } }: { environment: Environment }) {
  const t = useText().environment.deploying;
  const f = useFormat();
  return behind ? <span title={behind.newest}>{t.ahead(f.number(behind.releases), behind.environment)}</span> : null;
}

function Tags({ environment }: { environment: Environment }) {
  const tags = environment.metadata.tags ?? [];
  return <span title={tags.join(', ')}>{tags.join(', ')}</span>;
}

/** Asked for by each row that is seen, and only by those. */
function Services({ environment }: { environment: Environment }) {
  const { environments: t, parts } = useText();
  const f = useFormat();
  const status = useQuery({ ...statusQuery(environment.name, useProject()), enabled: environment.status !== 'archived' });
  if (status.error) return <span className={classes.note}>{t.servicesUnknown}</span>;
  if (!status.data) return <span className={classes.note}>{parts.loading(t.services)}</span>;
  const text = status.data.services.filter(({ type }) => type === 'app').map(({ name, ready, desired, enabled }) => (enabled ? `${name} ${f.number(ready)}/${f.number(desired)}` : `${name} –`));
  return <span title={text.join(', ')}>{text.length > 0 ? text.join(', ') : '–'}</span>;
}
