import { Box, VisuallyHidden } from '@mantine/core';
import type { Connection } from '~/api/live';
import { Icon, type IconName } from '~/parts/icons';
import { useText } from '~/text/text';
import { useConnection } from './connection';
import classes from './Header.module.css';

const looks: Record<Connection, { icon: IconName; color: string }> = {
  connecting: { icon: 'half', color: 'var(--state-idle)' },
  live: { icon: 'live', color: 'var(--state-ok)' },
  reconnecting: { icon: 'half', color: 'var(--state-warn)' },
  away: { icon: 'cross', color: 'var(--state-bad)' },
};

/** Whether what is shown is true now. */
export function ConnectionState() {
  const t = useText().shell.connection;
  const connection = useConnection();
  const { icon, color } = looks[connection];
  const { word, says } = t[connection];
  const quiet = connection === 'live' || connection === 'connecting';
  return (
    <div className={classes.connection} role="status" data-tip={says}>
      <Icon name={icon} style={{ color }} />
      <Box component="span" {...(quiet && { visibleFrom: 'md' as const })}>
        {word}
      </Box>
      <VisuallyHidden>{says}</VisuallyHidden>
    </div>
  );
}
