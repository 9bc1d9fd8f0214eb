import { VisuallyHidden } from '@mantine/core';
import type { HistoryEntry } from '~/api/queries/history';
import { Icon, type IconName } from '~/parts/icons';
import { useText } from '~/text/text';
import classes from './History.module.css';

type Outcome = NonNullable<HistoryEntry['result']>;

const outcomes: Record<Outcome, readonly [IconName, string]> = {
  success: ['check', 'var(--state-ok)'],
  failed: ['cross', 'var(--state-bad)'],
  rolled_back: ['back', 'var(--state-warn)'],
  cancelled: ['cross', 'var(--state-idle)'],
  running: ['half', 'var(--state-busy)'],
  waiting: ['clock', 'var(--state-warn)'],
  skipped: ['minus', 'var(--state-idle)'],
};

const kinds: Record<HistoryEntry['kind'], IconName> = {
  deployment: 'deploy',
  switch: 'switch',
  environment: 'environments',
  configuration: 'edit',
  secret: 'lock',
  release: 'releases',
  schedule: 'schedules',
  health: 'activity',
  access: 'tokens',
};

/** What came of it; where nothing could come of it, what it is about. In a word, too. */
export function Result({ result, kind }: { result: Outcome | undefined; kind: HistoryEntry['kind'] }) {
  const t = useText().activity;
  const [icon, color] = result ? outcomes[result] : [kinds[kind], 'var(--state-idle)'];
  const word = result ? t.results[result] : t.kinds[kind];
  return (
    <span data-tip={word} className={classes.result}>
      <Icon name={icon} style={{ color }} />
      <VisuallyHidden>{word}: </VisuallyHidden>
    </span>
  );
}
