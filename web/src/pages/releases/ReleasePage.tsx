import { Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { list } from '~/api/client';
import { releaseDiffQuery, releaseQuery, releasesQuery, type Release } from '~/api/queries/releases';
import { useDialog } from '~/dialogs/use-dialog';
import { ServiceDiffs } from '~/pages/deployment/ServiceDiffs';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Select } from '~/parts/Choice';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { History } from './History';
import { promotableFrom } from './promotable';
import { RunsIn } from './RunsIn';
import { Services } from './Services';
import { usePipeline } from './use-pipeline';

/** One release: what it is, where it runs, in what it differs from another, and where it was deployed. */
export function ReleasePage() {
  const { version } = useParams({ from: '/shell/releases/$version' });
  const t = useText().releases;
  const project = useProject();
  const query = useQuery(releaseQuery(version, project));
  if (query.data) return <Shown release={query.data} />;
  return <Page title={version}>{query.error ? <ProblemNote error={query.error} onRetry={() => void query.refetch()} /> : <Waiting for={t.oneWhat} />}</Page>;
}

function Shown({ release }: { release: Release }) {
  const t = useText().releases;
  const project = useProject();
  const { open } = useDialog();
  const from = promotableFrom(release, usePipeline(project));
  const source = release.source;
  // Where it was rolled back stands in the list.
  const listed = useInfiniteQuery(releasesQuery(project, 200)).data?.pages.flatMap((page) => list(page.items)).find(({ id }) => id === release.id);
  return (
    <Page
      title={release.version}
      beside={<RunsIn release={listed ?? release} />}
      actions={
        <>
          {from !== undefined && (
            <Allowed needs="write" variant="default" leftSection={<Icon name="up" />} onClick={() => open('promote', { source: from })}>
              {t.promote}
            </Allowed>
          )}
          <Allowed needs="write" leftSection={<Icon name="deploy" />} onClick={() => open('deploy', { version: release.version })}>
            {t.deploy}
          </Allowed>
        </>
      }
    >
      <Section title={t.notes}>
        <Stack gap="md">
          {release.notes ? <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} maw={720}>{release.notes}</Text> : <Text c="dimmed">{t.noNotes}</Text>}
          <Facts
            rows={[
              [t.made, <Ago key="at" at={release.createdAt} exact />],
              [t.by, release.createdBy],
              [t.source, source && [source.repository, source.branch, source.commit].filter(Boolean).join(' · ')],
            ]}
          />
        </Stack>
      </Section>
      <Section title={t.services} flush>
        <Services release={release} />
      </Section>
      <Compared release={release} />
      <Section title={t.history} flush>
        <History version={release.version} />
      </Section>
    </Page>
  );
}

function Compared({ release }: { release: Release }) {
  const t = useText().releases;
  const project = useProject();
  const navigate = useNavigate();
  const chosen = useSearch({ from: '/shell/releases/$version' }).with;
  const releases = useInfiniteQuery(releasesQuery(project, 200));
  const all = useMemo(() => (releases.data?.pages ?? []).flatMap((page) => list(page.items)), [releases.data]);
  const others = all.filter(({ version }) => version !== release.version);
  const from = chosen ?? (all[all.findIndex(({ version }) => version === release.version) + 1] ?? others[0])?.version;
  const diff = useQuery({ ...releaseDiffQuery(release.version, from ?? '', project), enabled: from !== undefined });
  const between = list(diff.data?.releases).filter(({ version }) => version !== release.version && version !== from);
  return (
    <Section title={from === undefined ? t.compare : t.compareTitle(from, release.version)}>
      {from === undefined ? (
        releases.isPending ? <Waiting for={t.what} /> : <Text c="dimmed">{t.nothingToCompare}</Text>
      ) : (
        <Stack gap="md">
          <Select
            label={t.compare}
            data={others.some(({ version }) => version === from) ? others.map(({ version }) => version) : [from, ...others.map(({ version }) => version)]}
            value={from}
            onChange={(version) => void navigate({ to: '.', search: (before) => ({ ...before, with: version ?? undefined }), replace: true, resetScroll: false })}
            searchable
            allowDeselect={false}
            maw={320}
          />
          {diff.error ? <ProblemNote error={diff.error} onRetry={() => void diff.refetch()} /> : diff.data ? <ServiceDiffs services={list(diff.data.services)} /> : <Waiting for={t.oneWhat} />}
          {between.length > 0 && (
            <div>
              <Text fw={500} mb={4}>
                {t.between}
              </Text>
              <Stack gap={4}>
                {between.map((each) => (
                  <Group key={each.version} gap="md" wrap="nowrap" align="baseline">
                    <Go to={addresses.release(each.version)}>
                      <Version version={each.version} />
                    </Go>
                    <Text size="sm" c="dimmed">
                      {each.notes?.split('\n')[0]}
                    </Text>
                  </Group>
                ))}
              </Stack>
            </div>
          )}
        </Stack>
      )}
    </Section>
  );
}
