import { Group, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import type { Zone } from '~/text/format';
import { useLanguage, useText } from '~/text/text';
import type { LogSearch } from './log-search';
import { momentOf, wallOf } from './wall';

type Moments = Pick<LogSearch, 'since' | 'until'>;

/** From one moment to another, by the clock that the page shows. What makes no sense is not looked for. */
export function Range({ since, until, onChange }: Moments & { onChange: (change: Moments) => void }) {
  const t = useText().environment.logs;
  const { zone } = useLanguage();
  const [from, setFrom] = useState(() => wallOf(since, zone));
  const [to, setTo] = useState(() => wallOf(until, zone));
  // Not for each digit: a change is another stream.
  const look = useDebouncedCallback(onChange, 400);
  const change = (begins: string, ends: string) => {
    setFrom(begins);
    setTo(ends);
    if (mistake(begins, ends, zone) === undefined) look({ since: momentOf(begins, zone), until: momentOf(ends, zone) });
    else look.cancel();
  };
  const wrong = mistake(from, to, zone);
  return (
    <Group gap="sm" px="md" pb="md" align="flex-start" role="group" aria-label={t.range}>
      <TextInput
        type="datetime-local"
        step={1}
        label={t.from}
        description={zone === 'utc' ? 'UTC' : t.ownClock}
        value={from}
        error={wrong === 'from' && t.noTime}
        onChange={({ currentTarget: { value } }) => change(value, to)}
      />
      <TextInput
        type="datetime-local"
        step={1}
        label={t.to}
        description={t.toSays}
        value={to}
        error={wrong === 'to' ? t.noTime : wrong === 'backward' && t.backward}
        onChange={({ currentTarget: { value } }) => change(from, value)}
      />
    </Group>
  );
}

function mistake(begins: string, ends: string, zone: Zone): 'from' | 'to' | 'backward' | undefined {
  const first = momentOf(begins, zone);
  const last = momentOf(ends, zone);
  if (begins !== '' && first === undefined) return 'from';
  if (ends !== '' && last === undefined) return 'to';
  return first !== undefined && last !== undefined && Date.parse(last) < Date.parse(first) ? 'backward' : undefined;
}
