import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { list, type Schema } from '~/api/client';
import { deploymentsQuery, scheduledQuery } from '~/api/queries/deployments';
import type { Environment } from '~/api/queries/environments';
import { schedulesQuery } from '~/api/queries/schedules';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago, Took } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';

/** How deployments come here, what is due, and the last one. */
export function Deploying({ environment }: { environment: Environment }) {
  const { environment: t, parts } = useText();
  const project = useProject();
  const { open } = useDialog();
  const latest = useInfiniteQuery(deploymentsQuery({ project, environment: environment.name }, 10)).data?.pages[0]?.items.find(({ startedAt }) => startedAt !== undefined);
  const due = list(useQuery(scheduledQuery(project)).data).filter((each) => each.environmentId === environment.id);
  const rules = list(useQuery(schedulesQuery(project)).data).filter((each) => each.environmentId === environment.id);
  const { strategy } = environment.spec;
  return (
    <Section
      title={t.deploying.title}
      actions={
        <Button size="compact-sm" variant="default" onClick={() => open('schedule', { environment: environment.name })}>
          {t.deploying.schedule}
        </Button>
      }
    >
      <Stack gap="md">
        <Facts
          rows={[
            [
              t.deploying.strategies,
              <Group key="strategies" gap={6}>
                <span>
                  {parts.strategy[strategy.primary]} <Text span c="dimmed" size="sm">{t.deploying.primary}</Text>
                </span>
                {list(strategy.alternatives).map((each) => (
                  <Badge key={each} variant="default" radius="sm" tt="none" fw={400}>
                    {parts.strategy[each]}
                  </Badge>
                ))}
              </Group>,
            ],
            [t.deploying.approval, environment.spec.approvalRequired ? t.deploying.approvalNeeded : t.deploying.approvalNot],
            [
              t.deploying.last,
              latest && (
                <Stack key="last" gap={2}>
                  <Group gap="sm">
                    <Go to={addresses.deployment(latest.id)}>
                      <Version version={latest.version} />
                    </Go>
                    <StatusBadge status={latest.status} />
                  </Group>
                  <Text size="sm" c="dimmed">
                    <Ago at={latest.createdAt} /> {t.revision.by(latest.startedBy)}, {parts.strategy[latest.strategy]}
                    {latest.duration !== undefined && (
                      <>
                        , <Took ms={latest.duration} />
                      </>
                    )}
                  </Text>
                  {latest.error && (
                    <Text size="sm" c="var(--state-bad)" style={{ overflowWrap: 'anywhere' }}>
                      {latest.error.message.split('\n')[0]}
                    </Text>
                  )}
                </Stack>
              ),
            ],
            [t.deploying.behind, environment.behind && <Behind key="behind" behind={environment.behind} />],
          ]}
        />
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t.deploying.due}
          </Text>
          {due.length === 0 && rules.length === 0 && (
            <Text size="sm" c="dimmed">
              {t.deploying.nothingDue}
            </Text>
          )}
          <Stack gap="sm">
            {due.map((each) => (
              <Due key={each.id} deployment={each} />
            ))}
            {rules.map((rule) => (
              <Text size="sm" key={rule.id}>
                {rule.name}: {rule.promote ? t.deploying.promotes(rule.from ?? '') : t.deploying.deploys(rule.release ?? '')},{' '}
                {rule.paused ? t.deploying.paused : rule.nextAt !== undefined && <Ago at={rule.nextAt} />}
              </Text>
            ))}
          </Stack>
        </div>
      </Stack>
    </Section>
  );
}

function Behind({ behind }: { behind: Schema<'Behind'> }) {
  const t = useText().environment.deploying;
  const f = useFormat();
  return (
    <>
      {t.ahead(f.number(behind.releases), behind.environment)} (<Version version={behind.newest} />)
    </>
  );
}

function Due({ deployment }: { deployment: Schema<'ScheduledDeployment'> }) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const { open } = useDialog();
  return (
    <Group justify="space-between" gap="sm" align="flex-start">
      <div>
        <Group gap="sm">
          <Go to={addresses.deployment(deployment.id)}>
            <Version version={deployment.version} />
          </Go>
          <Ago at={deployment.scheduledFor} />
          <StatusBadge status={deployment.status} />
        </Group>
        <Text size="sm" c="dimmed">
          {parts.strategy[deployment.strategy]}
          {deployment.approvedBy && `, ${t.deploying.approvedBy(deployment.approvedBy)}`}
          {deployment.estimatedDowntime !== undefined && `, ${deployment.estimatedDowntime === 0 ? t.deploying.noDowntime : t.deploying.downtime(f.duration(deployment.estimatedDowntime))}`}
          {`, ${t.deploying.rollback(deployment.rollbackPlan)}`}
        </Text>
      </div>
      <Group gap="xs">
        <Button size="compact-xs" variant="default" onClick={() => open('schedule', { environment: deployment.environment, id: deployment.id })}>
          {t.deploying.modify}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => open('cancel', { environment: deployment.environment, id: deployment.id })}>
          {t.deploying.cancel}
        </Button>
      </Group>
    </Group>
  );
}
