import { Button, Group } from '@mantine/core';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Section } from '~/parts/Section';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import type { ChangeSearch } from '../change/change-search';
import { tabs } from '../tabs';

interface Props {
  environment: Environment;
  status: Schema<'StatusReport'>;
  onChange: (change: ChangeSearch) => void;
}

/** The general settings, how many variables there are, and the switch of the whole: start, stop, maintenance. */
export function Settings({ environment, status, onChange }: Props) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const { settings, variableCounts: counts } = status;
  const stopped = status.status === 'inactive';
  const archived = status.status === 'archived';
  const empty = !status.revision ? t.actions.nothingDeployed : undefined;
  const yes = (on: boolean) => (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex">
      <Icon name={on ? 'check' : 'minus'} size={14} />
      {on ? t.settings.on : t.settings.off}
    </Group>
  );
  return (
    <Section
      title={t.settings.title}
      actions={
        <Group gap="xs">
          {archived ? (
            <Allowed needs="write" size="compact-sm" variant="default" onClick={() => onChange({ change: 'unarchive' })}>
              {t.settings.unarchive}
            </Allowed>
          ) : (
            <>
              <Allowed needs="write" size="compact-sm" variant="default" blocked={empty} onClick={() => onChange({ change: status.maintenance ? 'maintenance_off' : 'maintenance_on' })}>
                {status.maintenance ? t.settings.endMaintenance : t.settings.beginMaintenance}
              </Allowed>
              <Allowed needs="write" size="compact-sm" variant="default" blocked={empty} onClick={() => onChange({ change: stopped ? 'start' : 'stop' })}>
                {stopped ? t.settings.start : t.settings.stop}
              </Allowed>
            </>
          )}
        </Group>
      }
    >
      <Facts
        rows={[
          [t.settings.type, parts.type[settings.type]],
          [t.settings.region, settings.region ?? t.settings.noRegion],
          [t.settings.timeZone, settings.timeZone],
          [t.settings.debug, yes(settings.debugMode)],
          [t.settings.maintenance, yes(settings.maintenanceMode)],
          [
            t.settings.variables,
            <span key="variables" className="figures">
              {t.settings.counts(f.number(counts.total), f.number(counts.public), f.number(counts.sensitive))}
              {counts.missing > 0 && <span style={{ color: 'var(--state-bad)' }}> {t.settings.missing(f.number(counts.missing))}</span>}{' '}
              {tabs.variables && <Go to={addresses.environment(environment.name, 'variables')}>{t.tabs.variables}</Go>}
            </span>,
          ],
          [t.settings.description, environment.description],
          [t.settings.parent, environment.spec.parent && <Go key="parent" to={addresses.environment(environment.spec.parent)}>{environment.spec.parent}</Go>],
          [t.settings.created, <span key="created"><Ago at={environment.metadata.createdAt} /> {t.revision.by(environment.metadata.createdBy)}</span>],
          [t.settings.upSince, environment.metadata.upSince && <Ago key="up" at={environment.metadata.upSince} />],
          [t.settings.stoppedAt, environment.stoppedAt && <Ago key="stopped" at={environment.stoppedAt} />],
        ]}
      />
      {stopped && !archived && (
        <Button mt="md" size="compact-sm" variant="default" onClick={() => onChange({ change: 'archive' })}>
          {t.settings.archive}
        </Button>
      )}
    </Section>
  );
}
