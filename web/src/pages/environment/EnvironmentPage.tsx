import { useQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { Problem } from '~/api/problem';
import { environmentQuery, statusQuery } from '~/api/queries/environments';
import { Empty } from '~/parts/Empty';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { Go } from '~/parts/Go';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Actions } from './frame/Actions';
import { Addresses } from './frame/Addresses';
import { Headline } from './frame/Headline';
import { Notices } from './frame/Notices';
import { TabBar } from './frame/TabBar';

/** One environment: what is true of it at a glance, what can be done to it, and the tabs. */
export function EnvironmentPage() {
  const t = useText().environment;
  const project = useProject();
  const { environment: name = '' } = useParams({ strict: false });
  const environment = useQuery(environmentQuery(name, project));
  const status = useQuery(statusQuery(name, project));

  if (environment.error instanceof Problem && environment.error.code === 'not_found') {
    return (
      <Page title={name}>
        <Empty title={t.notThere.title(name)} says={t.notThere.says} command="lockstep list">
          <Go to={addresses.environments}>{t.notThere.all}</Go>
        </Empty>
      </Page>
    );
  }
  if (environment.data === undefined) {
    return (
      <Page title={name}>
        {environment.error ? <ProblemNote error={environment.error} onRetry={() => void environment.refetch()} /> : <Waiting for={name} />}
      </Page>
    );
  }
  return (
    <Page
      title={environment.data.name}
      beside={<Headline environment={environment.data} status={status.data} />}
      actions={<Actions environment={environment.data} status={status.data} />}
    >
      <Addresses environment={environment.data} status={status.data} />
      <Notices environment={environment.data} status={status.data} />
      {environment.error && <ProblemNote error={environment.error} onRetry={() => void environment.refetch()} />}
      <TabBar environment={name} />
      <Outlet />
    </Page>
  );
}
