import { Group } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { list } from '~/api/client';
import { deploymentQuery, deploymentsQuery, type Deployment } from '~/api/queries/deployments';
import { operationQuery, outputQuery } from '~/api/queries/operations';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Changes } from './Changes';
import { DeploymentActions } from './DeploymentActions';
import { DeploymentFacts } from './DeploymentFacts';
import { Frame } from './Frame';
import { Headline } from './Headline';
import './print.css';
import { Timeline } from './Timeline';
import { Beside, Shares } from './Traffic';
import { useTold } from './use-told';

/** A deployment: live while it runs, a report once it has ended. */
export function DeploymentPage() {
  const { id } = useParams({ from: '/shell/deployments/$id' });
  const t = useText().deployment;
  const query = useQuery(deploymentQuery(id));
  if (query.data) return <Shown key={id} deployment={query.data} />;
  return <Page title={t.title}>{query.error ? <ProblemNote error={query.error} onRetry={() => void query.refetch()} /> : <Waiting for={t.what} />}</Page>;
}

function Shown({ deployment }: { deployment: Deployment }) {
  const texts = useText();
  const t = texts.deployment;
  const project = useProject();
  const told = useTold(deployment.id);
  const operation = useQuery(operationQuery(deployment.id)).data;
  const outputs = useQuery({ ...outputQuery(deployment.id), enabled: deployment.steps.some(({ kind }) => kind === 'hook') }).data;
  const running = deployment.status === 'running';
  const began = deployment.startedAt !== undefined;
  const steps = list(deployment.steps);
  const shifts = steps.filter((step) => step.kind === 'shift_traffic' && step.status === 'completed').length;
  return (
    <Page
      title={t.of(deployment.version, deployment.environment)}
      beside={
        <Group gap="md">
          <StatusBadge status={deployment.status} />
          <span style={{ color: 'var(--mantine-color-dimmed)' }}>
            {deployment.recipe ? texts.dialogs.recipe(deployment.recipe.name) : texts.parts.strategy[deployment.strategy]}
          </span>
        </Group>
      }
      actions={<DeploymentActions deployment={deployment} steps={steps} cancelRequested={operation?.cancelRequested ?? false} />}
    >
      <Headline
        status={deployment.status}
        steps={steps}
        told={told}
        error={deployment.error}
        scheduledFor={deployment.scheduledFor}
        cancelRequested={operation?.cancelRequested ?? false}
        pause={deployment.pause}
        waitingFor={deployment.waitingFor}
      >
        <TakenBackBy deployment={deployment} />
        {deployment.status === 'pending' && deployment.scheduledFor === undefined && deployment.waitingFor === undefined && <AheadOf deployment={deployment} project={project} />}
      </Headline>
      <Frame
        main={
          <>
            <Section title={t.steps}>
              {steps.length > 0 ? <Timeline steps={steps} told={told} outputs={list(outputs)} /> : <p style={{ margin: 0, color: 'var(--mantine-color-dimmed)' }}>{t.noSteps}</p>}
            </Section>
          </>
        }
        aside={
          <>
            {began && <Shares id={deployment.id} running={running} shifts={shifts} />}
            <DeploymentFacts deployment={deployment} shifts={shifts} />
            {began && <Beside id={deployment.id} running={running} shifts={shifts} />}
            <Changes deployment={deployment} />
          </>
        }
      />
    </Page>
  );
}

/** A later deployment took this one back. */
function TakenBackBy({ deployment }: { deployment: Deployment }) {
  const t = useText().deployment.headline;
  const by = deployment.rollback?.deploymentId;
  if (deployment.rollback === undefined || by === undefined) return null;
  return (
    <span>
      <Go to={addresses.deployment(by)}>{t.takenBackBy}</Go>
      {deployment.rollback.reason !== '' && `: ${deployment.rollback.reason}`}
    </span>
  );
}

/** What stands in its way: who runs there now. */
function AheadOf({ deployment, project }: { deployment: Deployment; project: string | undefined }) {
  const t = useText().deployment.headline;
  const first = list(useInfiniteQuery(deploymentsQuery({ project, environment: deployment.environment, status: 'running' }, 10)).data?.pages[0]?.items)[0];
  if (!first) return <span>{t.behindSomething}</span>;
  return (
    <span>
      {t.behind} <Go to={addresses.deployment(first.id)}>{first.version}</Go>
    </span>
  );
}
