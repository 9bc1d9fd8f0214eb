import { Group, Text } from '@mantine/core';
import type { Overview } from '~/api/queries/overview';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import classes from './Overview.module.css';

/** Where users are: the environment that the live address leads to, how it is, and the way to another one. */
export function CurrentBanner({ overview: { live, environments } }: { overview: Overview }) {
  const t = useText();
  const words = t.overview.currentBanner;
  const f = useFormat();
  const { open } = useDialog();
  const current = environments.find(({ id }) => id === live.environmentId);
  const users = current?.activeUsers ?? 0;
  return (
    <section className={classes.banner} aria-label={words.title} data-adrift={live.adrift ?? false}>
      <Icon name={live.adrift ? 'warn' : 'live'} size={20} />
      <div className={classes.bannerWords}>
        {live.adrift && <Text fw={600}>{words.adrift}</Text>}
        {!live.adrift && !current && (
          <>
            <Text fw={600}>{words.none}</Text>
            <Text size="sm" c="dimmed">
              {words.noneSays}
            </Text>
          </>
        )}
        {!live.adrift && current && (
          <Group gap="sm">
            <Text c="dimmed">{words.title}</Text>
            <Go to={addresses.environment(current.name)} fw={600} fz="lg" className={classes.name ?? ''}>
              {current.name}
            </Go>
            <StatusBadge status={current.status} />
            <Version version={current.version} />
            {current.health && (
              <Group gap={6} component="span">
                <HealthBadge health={current.health.status} />
                {current.health.score > 0 && <span className="figures">{f.percent(current.health.score / 100)}</span>}
              </Group>
            )}
            {users > 0 && (
              <Text size="sm" className="figures">
                {t.overview.card.users(f.number(users))}
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {live.since !== undefined && (
                <>
                  {words.since} <Ago at={live.since} />
                  {' · '}
                </>
              )}
              <span className={classes.host}>{live.host}</span>
            </Text>
          </Group>
        )}
      </div>
      <Allowed needs="write" variant="default" leftSection={<Icon name="switch" />} blocked={current || live.adrift ? undefined : words.switchBlocked} onClick={() => open('switch')}>
        {words.switch}
      </Allowed>
    </section>
  );
}
