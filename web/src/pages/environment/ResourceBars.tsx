import { Stack, Text } from '@mantine/core';
import type { Schema } from '~/api/client';
import { Meter } from '~/parts/Meter';
import { useFormat, useText } from '~/text/text';

/** What an environment uses of what there is. Network's own capacity is not known, so it has no denominator. */
export function ResourceBars({ metrics }: { metrics: Schema<'EnvironmentMetrics'> | undefined }) {
  const t = useText().environment.resources;
  const f = useFormat();
  if (!metrics) return <Text c="dimmed">{t.none}</Text>;
  const { cpu, memory, storage, bytesIn, bytesOut } = metrics.total;
  return (
    <Stack gap="md">
      <Meter label={t.cpu} value={cpu?.average} of={cpu?.of} write={(n) => t.cores(cores(n))} />
      <Meter label={t.memory} value={memory?.average} of={memory?.of} write={f.bytes} />
      <div>
        <Meter label={t.storage} value={storage && storage.of - storage.free} of={storage?.of} write={f.bytes} />
        {storage && (
          <Text size="sm" c="dimmed" mt={2}>
            {t.ofIt((storage.atLeast ? '≥ ' : '') + f.bytes(storage.bytes))}
          </Text>
        )}
      </div>
      <div>
        <Text size="sm">{t.network}</Text>
        <Text size="sm" c="dimmed" className="figures">
          {t.through(f.bytes(bytesIn), f.bytes(bytesOut), f.number(metrics.rangeMs / 3_600_000))}
        </Text>
      </div>
    </Stack>
  );

  /** Small shares of a core are not nothing. */
  function cores(n: number): string {
    return n > 0 && n < 0.05 ? '< 0.05' : f.number(n);
  }
}
