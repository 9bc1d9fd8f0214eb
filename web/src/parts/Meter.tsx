import { Group, Text } from '@mantine/core';
import { useId } from 'react';
import { useFormat, useText } from '~/text/text';
import classes from './Meter.module.css';

interface Props {
  label: string;
  /** Undefined where it is not known; it is then said so. */
  value: number | undefined;
  of: number | undefined;
  /** How both are written; numbers by default. `f.bytes` for bytes. */
  write?: (n: number) => string;
  /** Shares from which it is a warning, and bad. */
  warnAt?: number;
  badAt?: number;
}

/** So much of so much: a bar, both figures, and the share. */
export function Meter({ label, value, of, write, warnAt = 0.75, badAt = 0.9 }: Props) {
  const f = useFormat();
  const t = useText().parts.meter;
  const id = useId();
  const share = value !== undefined && of !== undefined && of > 0 ? value / of : undefined;
  const amount = write ?? f.number;
  let says = t.unknown;
  if (value !== undefined) says = of === undefined ? amount(value) : t.of(amount(value), amount(of));
  let color = 'var(--state-ok)';
  if (share !== undefined && share >= warnAt) color = 'var(--state-warn)';
  if (share !== undefined && share >= badAt) color = 'var(--state-bad)';
  return (
    <div>
      <Group justify="space-between" gap="sm" mb={4} wrap="nowrap">
        <Text size="sm" id={id}>
          {label}
        </Text>
        <Text size="sm" c="dimmed" className="figures" ta="right">
          {share !== undefined && (
            <Text span c="var(--mantine-color-text)" fw={500} mr={6} inherit>
              {f.percent(share)}
            </Text>
          )}
          {says}
        </Text>
      </Group>
      <div className={classes.bar} role="meter" aria-labelledby={id} aria-valuemin={0} aria-valuemax={of ?? value ?? 0} aria-valuenow={value ?? 0} aria-valuetext={says}>
        <div className={classes.filled} style={{ width: `${Math.min(1, share ?? 0) * 100}%`, background: color }} />
      </div>
    </div>
  );
}
