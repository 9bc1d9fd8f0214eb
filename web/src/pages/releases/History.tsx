import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { answer, api, everyPage } from '~/api/client';
import { key } from '~/api/keys';
import type { Deployment } from '~/api/queries/deployments';
import { Ago, Took } from '~/parts/Ago';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { StatusBadge } from '~/parts/StatusBadge';
import { Table, type Column } from '~/parts/Table';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Every deployment of a release, the newest first. */
export function History({ version }: { version: string }) {
  const texts = useText();
  const t = texts.releases;
  const project = useProject();
  const narrow = useMediaQuery('(max-width: 48em)');
  const query = useQuery({
    queryKey: key('deployments', { project, all: true }),
    queryFn: ({ signal }) => everyPage((cursor) => answer(api.GET('/api/system/deployments', { params: { query: { project, cursor, limit: 200 } }, signal })), 5000),
    select: (all) => all.filter((d) => d.version === version),
  });
  if (query.error) return <div style={{ padding: 16 }}><ProblemNote error={query.error} onRetry={() => void query.refetch()} /></div>;
  if (!query.data) return <Waiting for={t.historyWhat} />;
  const environment: Column<Deployment> = { id: 'environment', title: t.environment, cell: (d) => <Go to={addresses.deployment(d.id)}>{d.environment}</Go> };
  const status: Column<Deployment> = { id: 'status', title: t.status, width: '170px', cell: (d) => <StatusBadge status={d.status} /> };
  const when: Column<Deployment> = { id: 'when', title: t.when, width: narrow ? '100px' : '140px', cell: (d) => <Ago at={d.createdAt} /> };
  return (
    <Table
      label={t.history}
      rows={query.data}
      rowKey={(d) => d.id}
      columns={
        narrow
          ? [environment, { ...status, width: '140px' }, when]
          : [
              environment,
              status,
              { id: 'strategy', title: t.strategy, cell: (d) => (d.recipe ? texts.dialogs.recipe(d.recipe.name) : texts.parts.strategy[d.strategy]) },
              { id: 'took', title: t.took, width: '90px', align: 'right', cell: (d) => d.startedAt !== undefined && <Took from={d.startedAt} until={d.completedAt} /> },
              { id: 'by', title: t.by, cell: (d) => d.startedBy },
              when,
            ]
      }
      empty={<Empty title={t.noHistory} command={`lockstep deploy ENV ${version}`} />}
    />
  );
}
