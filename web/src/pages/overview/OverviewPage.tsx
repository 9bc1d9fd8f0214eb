import { useQuery } from '@tanstack/react-query';
import { list } from '~/api/client';
import { activityQuery, environmentsQuery } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { projectsQuery } from '~/api/queries/projects';
import { Empty } from '~/parts/Empty';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { arrange } from './arrange';
import { CurrentBanner } from './CurrentBanner';
import { PipelineMap } from './PipelineMap';

export function OverviewPage() {
  const t = useText().overview;
  const asked = useProject();
  const environments = useQuery(environmentsQuery(asked));
  const activity = useQuery(activityQuery(asked));
  const live = useQuery(liveQuery(asked));
  const projects = list(useQuery(projectsQuery).data);
  const project = projects.find(({ name }) => name === asked) ?? (projects.length === 1 ? projects[0] : projects.find(({ name }) => name === 'default'));

  if (environments.isPending) return <Waiting for={t.what} />;
  if (environments.error) {
    return (
      <Page title={t.title}>
        <ProblemNote error={environments.error} onRetry={() => void environments.refetch()} />
      </Page>
    );
  }
  return (
    <Page title={t.title}>
      {environments.data.length === 0 ? (
        <Empty title={t.empty.title} says={t.empty.says} command={t.empty.command} />
      ) : (
        <>
          <CurrentBanner live={live.data} />
          <PipelineMap arrangement={arrange(environments.data, list(project?.pipeline))} activity={list(activity.data)} />
        </>
      )}
    </Page>
  );
}
