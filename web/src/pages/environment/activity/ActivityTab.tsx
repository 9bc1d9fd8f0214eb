import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { environmentHistoryQuery, type HistoryEntry, type HistoryKind } from '~/api/queries/environment-history';
import { Ago, Took } from '~/parts/Ago';
import { Select } from '~/parts/Choice';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Icon, type IconName } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { useSentence } from '~/parts/use-sentence';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { asOneOf } from '~/shell/search';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import type { TabProps } from '../tabs';
import { useTabSearch } from '../use-tab-search';
import classes from './ActivityTab.module.css';

const kinds: readonly HistoryKind[] = ['deployment', 'switch', 'environment', 'configuration', 'secret', 'schedule', 'health'];

const icons: Record<HistoryKind, IconName> = {
  deployment: 'deploy',
  switch: 'switch',
  environment: 'environments',
  configuration: 'settings',
  secret: 'lock',
  release: 'releases',
  schedule: 'schedules',
  health: 'activity',
  access: 'tokens',
};

/** What happened here, in sentences; what happens appears on top. */
export function ActivityTab({ environment }: TabProps) {
  const t = useText().environment;
  const [{ kind }, setSearch] = useTabSearch((search): { kind?: HistoryKind | undefined } => ({ kind: asOneOf(search.kind, kinds) }));
  const pages = useInfiniteQuery(environmentHistoryQuery(environment, useProject(), kind));
  const entries = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={t.activity.title}
      actions={
        <Select
          aria-label={t.activity.kind}
          placeholder={t.activity.kind}
          clearable
          size="xs"
          w={170}
          data={kinds.map((value) => ({ value, label: t.activity.kinds[value] }))}
          value={kind ?? null}
          onChange={(value) => setSearch({ kind: kinds.find((each) => each === value) })}
        />
      }
    >
      <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
      {pages.isPending && <Waiting for={t.loading.history} />}
      {pages.data && entries.length === 0 && <Empty title={t.activity.none} says={kind ? t.activity.noneOfKind : t.activity.noneSays} />}
      <ol className={classes.list} aria-label={t.activity.title}>
        {entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </ol>
      {pages.hasNextPage && (
        <Group mt="md">
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t.activity.older}
          </Button>
        </Group>
      )}
    </Section>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const t = useText().environment;
  const bad = entry.result === 'failed' || entry.result === 'rolled_back';
  const says = useSentence()(entry);
  const text = entry.operationId && entry.kind === 'deployment' ? <Go to={addresses.deployment(entry.operationId)}>{says}</Go> : says;
  return (
    <li className={classes.entry}>
      <span className={classes.icon} title={t.activity.kinds[entry.kind]}>
        <Icon name={icons[entry.kind]} />
      </span>
      <div className={classes.text}>
        {text}
        {entry.result && (
          <Text span size="sm" c={bad ? 'var(--state-bad)' : 'dimmed'}>
            {' '}
            ({t.activity.results[entry.result]}
            {entry.duration !== undefined && (
              <>
                , <Took ms={entry.duration} />
              </>
            )}
            )
          </Text>
        )}
        {entry.reason && (
          <Text size="sm" c={bad ? 'var(--state-bad)' : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>
            {entry.reason}
          </Text>
        )}
      </div>
      <div className={classes.when}>
        <Ago at={entry.at} /> {entry.actor && t.revision.by(entry.actor)}
      </div>
    </li>
  );
}
