import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { Icon, type IconName } from '~/parts/icons';
import { Section } from '~/parts/Section';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './Lists.module.css';
import { Nothing } from './Nothing';
import { useSentence } from '~/parts/use-sentence';

type Entry = Schema<'HistoryEntry'>;

const outcomes: Record<NonNullable<Entry['result']>, readonly [IconName, string]> = {
  success: ['check', 'ok'],
  failed: ['cross', 'bad'],
  rolled_back: ['back', 'warn'],
  cancelled: ['cross', 'idle'],
  running: ['half', 'busy'],
  waiting: ['clock', 'warn'],
  skipped: ['minus', 'idle'],
};

/** What happened last, in sentences. */
export function RecentActivity({ recent }: { recent: readonly Entry[] }) {
  const t = useText().overview.recent;
  const sentence = useSentence();
  return (
    <Section title={t.title} flush actions={<Go to={addresses.activity}>{t.all}</Go>}>
      {recent.length === 0 && <Nothing says={t.empty} />}
      <ul className={classes.list}>
        {recent.map((entry) => {
          const [icon, tone] = entry.result ? outcomes[entry.result] : (['dot', 'idle'] as const);
          const { operationId, operationKind, reason, actor } = entry;
          return (
            <li key={entry.seq} className={classes.row} style={{ flexWrap: 'nowrap' }}>
              <Icon name={icon} style={{ color: `var(--state-${tone})`, marginTop: 2 }} />
              <span className={classes.words}>
                {operationId !== undefined && operationKind === 'deploy' ? (
                  <Go to={addresses.deployment(operationId)} c="var(--mantine-color-text)">
                    {sentence(entry)}
                  </Go>
                ) : (
                  sentence(entry)
                )}
                {reason !== undefined && reason !== '' && `: ${reason}`}
                {actor !== undefined && <span style={{ color: 'var(--mantine-color-dimmed)' }}> · {actor}</span>}
              </span>
              <span style={{ color: 'var(--mantine-color-dimmed)', whiteSpace: 'nowrap' }}>
                <Ago at={entry.at} />
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
