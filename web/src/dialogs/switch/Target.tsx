import { Group, Radio, Text } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Icon } from '~/parts/icons';
import { Version } from '~/parts/Version';
import { useText } from '~/text/text';

/** An environment that users might be led to: whether it could take over now, and if not, why. */
export function Target({ target }: { target: Schema<'Takeover'> }) {
  const t = useText().dialogs.switch;
  return (
    <Radio
      value={target.environment}
      label={
        <Group component="span" gap="sm">
          {target.environment} <Version version={target.version} />
        </Group>
      }
      description={
        <Text span size="sm" c={target.ready ? 'var(--state-ok)' : 'var(--state-warn)'}>
          <Icon name={target.ready ? 'check' : 'cross'} size={12} /> {target.ready ? t.ready : t.notReady(list(target.reasons).join('; '))}
        </Text>
      }
    />
  );
}
