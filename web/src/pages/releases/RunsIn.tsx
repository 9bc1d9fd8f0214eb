import { Group } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';

/** Where a release runs: links to the environments, and what is special about each. */
export function RunsIn({ release }: { release: Schema<'Release'> }) {
  const t = useText().releases;
  const runs = list(release.runsIn);
  const bad = list(release.quarantined).map(({ environment }) => environment);
  if (runs.length === 0 && bad.length === 0) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{t.nowhere}</span>;
  return (
    <Group component="span" gap="0 12px" wrap="wrap" style={{ whiteSpace: 'normal', lineHeight: 1.3 }}>
      {runs.map((run) => (
        <span key={run.environmentId}>
          <Go to={addresses.environment(run.environment)} display="inline-block" lh="24px" miw={24}>{run.environment}</Go>
          {run.current === true && (
            <span style={{ marginLeft: 4, color: 'var(--state-ok)', fontSize: 12 }}>
              <Icon name="live" size={12} /> {t.current}
            </span>
          )}
          {run.stopped === true && <span style={{ marginLeft: 4, color: 'var(--mantine-color-dimmed)', fontSize: 12 }}>{t.stopped}</span>}
        </span>
      ))}
      {bad.length > 0 && (
        <span style={{ color: 'var(--state-warn)', fontSize: 12 }}>
          <Icon name="back" size={12} /> {t.quarantinedIn([...new Set(bad)].join(', '))}
        </span>
      )}
    </Group>
  );
}
