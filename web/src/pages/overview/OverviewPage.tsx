import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { overviewQuery, type Overview } from '~/api/queries/overview';
import { FirstSteps } from '~/pages/first/FirstSteps';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { arrange } from './arrange';
import { CurrentBanner } from './CurrentBanner';
import { Cards, Groups } from './Groups';
import { HeaderActions } from './HeaderActions';
import { Heading } from './Heading';
import classes from './Overview.module.css';
import { Pipeline } from './Pipeline';
import { RecentActivity } from './RecentActivity';
import { RecentDeployments } from './RecentDeployments';
import { Scheduled } from './Scheduled';
import { Troubles } from './Troubles';
import { WaitingForMe } from './WaitingForMe';

/** The screen that a team keeps open. What is not well first, then where users are, what waits, and what runs where. */
export function OverviewPage() {
  const t = useText().overview;
  const overview = useQuery(overviewQuery(useProject()));
  const { data } = overview;
  return (
    <Page title={t.title} actions={<HeaderActions some={(data?.environments.length ?? 0) > 0} />}>
      {overview.isPending && <Waiting for={t.what} />}
      {overview.error && <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />}
      {data && (data.environments.length === 0 ? <FirstSteps /> : <Glance overview={data} />)}
    </Page>
  );
}

function Glance({ overview }: { overview: Overview }) {
  const { environments, pipeline, approvals, recent } = overview;
  const t = useText().overview;
  const f = useFormat();
  const arrangement = arrange(environments, pipeline);
  const standby = arrangement.groups[0];
  const beside = standby?.group === 'standby' && standby.cards.length <= 2 && arrangement.pipeline.length > 0;
  return (
    <>
      <Troubles overview={overview} />
      <CurrentBanner overview={overview} />
      <WaitingForMe approvals={approvals} />
      <div className={classes.delivery} data-beside={beside}>
        <Pipeline stages={arrangement.pipeline} approvals={approvals} />
        {beside && (
          <Heading title={t.groups.standby} count={f.number(standby.cards.length)}>
            <Cards cards={standby.cards} approvals={approvals} />
          </Heading>
        )}
      </div>
      <Groups arrangement={beside ? { ...arrangement, groups: arrangement.groups.slice(1) } : arrangement} approvals={approvals} />
      <div className={classes.below}>
        <Stack gap="lg">
          <Scheduled />
          <RecentDeployments />
        </Stack>
        <RecentActivity recent={recent} />
      </div>
    </>
  );
}
