import { Group, NumberInput, Text, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { Schema } from '~/api/client';
import { flag } from '~/dialogs/parts/command';
import { Ago } from '~/parts/Ago';
import { Select } from '~/parts/Choice';
import { useNow } from '~/parts/use-now';
import { useText } from '~/text/text';
import { momentOf, ownZone, wallOf, zones } from './zone';

export interface When {
  wall: string;
  zone: string;
  ifMissed: 'skip' | 'run';
  /** Minutes. */
  grace: number;
}

/** An hour from now, on the clock of whoever asks. */
export function soon(now: number): When {
  const zone = ownZone();
  return { wall: wallOf(Math.ceil((now + 3_600_000) / 900_000) * 900_000, zone), zone, ifMissed: 'skip', grace: 15 };
}

/** The same as the API wants it; undefined where that clock never shows that time. */
export function timing(when: When): Schema<'Timing'> | undefined {
  const at = momentOf(when.wall, when.zone);
  if (at === undefined) return undefined;
  return { scheduledFor: new Date(at).toISOString(), ifMissed: when.ifMissed, grace: when.grace * 60_000 };
}

export function timingFlags({ wall, zone, ifMissed, grace }: When) {
  return [...flag('at', wall.replace('T', ' ')), ...flag('tz', zone), ...flag('if-missed', ifMissed === 'run' ? 'run' : ''), ...flag('grace', grace === 15 ? '' : `${grace}m`)];
}

/** A time on the wall of a zone, and what becomes of it where it is missed. */
export function TimeFields({ when, onChange }: { when: When; onChange: (change: Partial<When>) => void }) {
  const t = useText().dialogs.schedule;
  const now = useNow(30_000);
  const at = momentOf(when.wall, when.zone);
  const past = at !== undefined && at < now;
  return (
    <>
      <Group grow align="flex-start" gap="md">
        <TextInput
          type="datetime-local"
          label={t.at}
          value={when.wall}
          onChange={({ currentTarget: { value } }) => onChange({ wall: value })}
          error={at === undefined ? t.noSuchTime : past ? t.past : undefined}
        />
        <ZoneField label={t.zone} value={when.zone} onChange={(zone) => onChange({ zone })} />
      </Group>
      {at !== undefined && !past && (
        <Text size="sm" c="dimmed" mt={-8}>
          {t.thatIs} <Ago at={new Date(at).toISOString()} />, <Ago at={new Date(at).toISOString()} exact />
        </Text>
      )}
      <MissedFields ifMissed={when.ifMissed} grace={when.grace} onChange={onChange} />
    </>
  );
}

export function ZoneField({ label, value, onChange }: { label: string; value: string; onChange: (zone: string) => void }) {
  const t = useText().dialogs;
  const all = useMemo(() => [...new Set([ownZone(), ...zones()])], []);
  return (
    <Select
      label={label}
      data={all.includes(value) ? all : [value, ...all]}
      value={value}
      onChange={(zone) => zone !== null && onChange(zone)}
      searchable
      limit={50}
      allowDeselect={false}
      nothingFoundMessage={t.noneFound}
    />
  );
}

export function MissedFields({ ifMissed, grace, onChange }: Pick<When, 'ifMissed' | 'grace'> & { onChange: (change: Partial<When>) => void }) {
  const t = useText().dialogs.schedule;
  return (
    <Group grow align="flex-start" gap="md">
      <Select
        label={t.ifMissed}
        data={[
          { value: 'skip', label: t.skip },
          { value: 'run', label: t.run },
        ]}
        value={ifMissed}
        onChange={(value) => onChange({ ifMissed: value === 'run' ? 'run' : 'skip' })}
        allowDeselect={false}
      />
      <NumberInput
        label={t.grace}
        suffix={t.minutes}
        min={1}
        max={1440}
        allowDecimal={false}
        value={grace}
        onChange={(value) => onChange({ grace: typeof value === 'number' && value > 0 ? value : 15 })}
      />
    </Group>
  );
}
