import { Group, Text } from '@mantine/core';
import type { Live } from '~/api/queries/live';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './Overview.module.css';

/** Where users are: the environment that the live address leads to. */
export function CurrentBanner({ live }: { live: Live | undefined }) {
  const t = useText().overview;
  if (!live) return null;
  const current = live.environment;
  return (
    <section className={classes.banner} aria-label={t.currentBanner.title} data-adrift={live.adrift ?? false}>
      <Icon name={live.adrift ? 'warn' : 'live'} size={20} />
      {live.adrift && <Text fw={600}>{t.currentBanner.adrift}</Text>}
      {!live.adrift && !current && (
        <div>
          <Text fw={600}>{t.currentBanner.none}</Text>
          <Text size="sm" c="dimmed">
            {t.currentBanner.noneSays}
          </Text>
        </div>
      )}
      {!live.adrift && current && (
        <Group gap="md">
          <Text c="dimmed">{t.currentBanner.title}</Text>
          <Go to={addresses.environment(current.name)} fw={600}>
            {current.name}
          </Go>
          <StatusBadge status={current.status} />
          <Version version={current.metadata.version} />
          {current.health && <HealthBadge health={current.health.status} />}
          {live.since !== undefined && (
            <Text size="sm" c="dimmed">
              {t.currentBanner.since} <Ago at={live.since} />
            </Text>
          )}
          <Text size="sm" c="dimmed" ff="monospace">
            {live.host}
          </Text>
        </Group>
      )}
    </section>
  );
}
