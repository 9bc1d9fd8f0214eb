import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { list } from '~/api/client';
import { deploymentsQuery, type Deployment } from '~/api/queries/deployments';
import { configDiffQuery } from '~/api/queries/progress';
import { releaseDiffQuery, releaseQuery } from '~/api/queries/releases';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { ConfigChanges, ServiceDiffs } from './ServiceDiffs';

/** What a deployment changes: release, services, configuration, secrets by name. */
export function Changes({ deployment }: { deployment: Deployment }) {
  const t = useText().deployment.changes;
  const project = useProject();
  const history = useInfiniteQuery(deploymentsQuery({ project, environment: deployment.environmentId }, 200));
  const all = (history.data?.pages ?? []).flatMap((page) => list(page.items));
  const before = beforeOf(deployment, all);
  return (
    <Section title={t.title}>
      {history.isPending ? (
        <Waiting for={t.what} />
      ) : history.error ? (
        <ProblemNote error={history.error} onRetry={() => void history.refetch()} />
      ) : before === undefined ? (
        <FirstOne deployment={deployment} />
      ) : (
        <Stack gap="md">
          <Releases from={before.version} to={deployment.version} />
          <Configuration environment={deployment.environmentId} from={before.configVersion} to={deployment.configVersion} />
          <Secrets version={deployment.version} />
        </Stack>
      )}
    </Section>
  );
}

/** The deployment that had brought what served before this one: of the revision that it names, else the last that completed. */
export function beforeOf(deployment: Deployment, all: readonly Deployment[]): Deployment | undefined {
  const earlier = all.filter((d) => d.status === 'completed' && d.id !== deployment.id && d.createdAt < deployment.createdAt);
  if (deployment.previousRevisionId !== undefined) return earlier.find((d) => d.revisionId === deployment.previousRevisionId) ?? all.find((d) => d.revisionId === deployment.previousRevisionId);
  return deployment.startedAt === undefined ? earlier[0] : undefined;
}

function FirstOne({ deployment }: { deployment: Deployment }) {
  const t = useText().deployment.changes;
  return (
    <Stack gap="md">
      <Text>
        {t.first} <Go to={addresses.release(deployment.version)}><Version version={deployment.version} /></Go>.
      </Text>
      <Secrets version={deployment.version} />
    </Stack>
  );
}

function Releases({ from, to }: { from: string; to: string }) {
  const t = useText().deployment.changes;
  const project = useProject();
  const diff = useQuery({ ...releaseDiffQuery(to, from, project), enabled: from !== to });
  return (
    <div>
      <Text fw={500} mb={4}>
        {t.release}{' '}
        <Go to={addresses.release(from)}><Version version={from} /></Go> → <Go to={addresses.release(to)} search={{ with: from }}><Version version={to} /></Go>
      </Text>
      {from === to ? (
        <Text size="sm" c="dimmed">
          {t.sameRelease}
        </Text>
      ) : diff.error ? (
        <ProblemNote error={diff.error} />
      ) : diff.data ? (
        <ServiceDiffs services={list(diff.data.services)} />
      ) : (
        <Waiting for={t.what} />
      )}
    </div>
  );
}

function Configuration({ environment, from, to }: { environment: string; from: number; to: number }) {
  const t = useText().deployment.changes;
  const project = useProject();
  const diff = useQuery({ ...configDiffQuery(environment, String(from), String(to), project), enabled: from !== to });
  const changes = list(diff.data?.changes);
  return (
    <div>
      <Text fw={500} mb={4}>
        {t.configuration} {from === to ? to : `${from} → ${to}`}
      </Text>
      {from === to ? (
        <Text size="sm" c="dimmed">
          {t.sameConfig}
        </Text>
      ) : diff.error ? (
        <ProblemNote error={diff.error} />
      ) : diff.data ? (
        changes.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t.noDifference}
          </Text>
        ) : (
          <ConfigChanges changes={changes} />
        )
      ) : (
        <Waiting for={t.what} />
      )}
    </div>
  );
}

/** Secrets that the services get, by name: their values are shown nowhere here. */
function Secrets({ version }: { version: string }) {
  const t = useText().deployment.changes;
  const project = useProject();
  const release = useQuery(releaseQuery(version, project)).data;
  const names = [
    ...new Set(
      list(release?.services).flatMap(({ secretEnv }) =>
        Object.values(secretEnv ?? {}).flatMap((parts) => list(parts).flatMap(({ secret }) => (secret ? [secret.key] : []))),
      ),
    ),
  ].sort();
  if (names.length === 0) return null;
  return (
    <div>
      <Text fw={500} mb={4}>
        {t.secrets}
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {names.join(', ')}
      </Text>
    </div>
  );
}
