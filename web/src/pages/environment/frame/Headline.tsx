import { Badge, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { Icon } from '~/parts/icons';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';

interface Props {
  environment: Environment;
  status: Schema<'StatusReport'> | undefined;
}

/** Type, state, version, health, and whether users are here. */
export function Headline({ environment, status }: Props) {
  const { parts, environment: t } = useText();
  const f = useFormat();
  const live = useQuery(liveQuery(useProject()));
  const health = status?.health ?? environment.health;
  return (
    <Group gap="md" wrap="wrap">
      <Badge variant="default" radius="sm" tt="none" fw={500}>
        {parts.type[environment.type]}
      </Badge>
      {live.data?.environment?.id === environment.id && (
        <Badge data-tip={parts.currentSays} variant="light" radius="sm" tt="none" fw={600} leftSection={<Icon name="live" size={14} />}>
          {parts.current}
        </Badge>
      )}
      <StatusBadge status={status?.status ?? environment.status} />
      <Version version={status?.revision?.content.release ?? environment.metadata.version} />
      {health && (
        <Group gap={6} wrap="nowrap">
          <HealthBadge health={health.status} />
          {health.desired > 0 && (
            <span className="figures" style={{ color: 'var(--mantine-color-dimmed)', fontSize: 13 }}>
              {t.headline.health(f.number(health.score), f.number(health.ready), f.number(health.desired))}
              {health.worst && <span style={{ color: 'var(--state-warn)' }}>, {t.headline.mostlyFor(health.worst)}</span>}
            </span>
          )}
        </Group>
      )}
    </Group>
  );
}
