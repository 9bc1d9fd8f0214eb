import { Group, SegmentedControl } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { list } from '~/api/client';
import { statusQuery } from '~/api/queries/environments';
import { MultiSelect, Select } from '~/parts/Choice';
import { SearchBox } from '~/parts/SearchBox';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { isRange, sinces, type LogSearch } from './log-search';
import { Range } from './Range';

interface Props {
  environment: string;
  search: LogSearch;
  onChange: (change: Partial<LogSearch>) => void;
}

/** Whose lines, of which revision, with what in them, since when. A change of them lets go of a line that was linked to. */
export function Filters({ environment, search, onChange }: Props) {
  const t = useText().environment.logs;
  const status = useQuery(statusQuery(environment, useProject())).data;
  const apps = list(status?.services).filter(({ type }) => type === 'app');
  const services = union(apps.map(({ name }) => name), search.service);
  const instances = union(
    apps.filter(({ name }) => search.service.length === 0 || search.service.includes(name)).flatMap((each) => list(each.instances).map(({ id }) => id)),
    search.instance,
  );
  const versions = union([...list(status?.metrics?.revisions).map(({ version }) => version ?? ''), status?.revision?.content.release ?? ''].filter(Boolean), search.revision ? [search.revision] : []);
  const [how, setHow] = useState<'search' | 'grep'>(search.grep ? 'grep' : 'search');
  const change = (to: Partial<LogSearch>) => onChange({ ...to, line: undefined });
  // Each change is another stream: not one for each letter.
  const find = useDebouncedCallback((text: string | undefined) => change(how === 'grep' ? { grep: text, search: undefined } : { search: text, grep: undefined }), 400);
  const range = isRange(search);
  return (
    <div role="search" aria-label={t.filter}>
      <Group gap="sm" p="md" align="flex-start">
        <MultiSelect aria-label={t.service} placeholder={search.service.length === 0 ? t.service : ''} clearable miw={150} data={services} value={[...search.service]} onChange={(service) => change({ service })} />
        <MultiSelect aria-label={t.instance} placeholder={search.instance.length === 0 ? t.instance : ''} clearable searchable miw={170} data={instances} value={[...search.instance]} onChange={(instance) => change({ instance })} />
        <Select aria-label={t.revision} placeholder={t.revision} clearable w={130} data={versions} value={search.revision ?? null} onChange={(revision) => change({ revision: revision ?? undefined })} />
        <Select
          aria-label={t.since}
          placeholder={t.sinceTail}
          clearable
          w={150}
          data={[...sinces.map((value) => ({ value, label: t.sinces[value] })), { value: 'range', label: t.range }]}
          value={range ? 'range' : (search.since ?? null)}
          onChange={(value) => change(value === 'range' ? lastHour() : { since: sinces.find((each) => each === value), until: undefined })}
        />
        <Group gap={4} wrap="nowrap" style={{ flex: '1 1 260px', maxWidth: 480 }}>
          <SearchBox label={how === 'grep' ? t.expression : t.text} value={search.grep ?? search.search} onSearch={find} style={{ flex: 1 }} />
          <SegmentedControl
            size="sm"
            aria-label={t.how}
            data={[
              { value: 'search', label: 'Aa' },
              { value: 'grep', label: '.*' },
            ]}
            value={how}
            onChange={(value) => {
              const next = value === 'grep' ? 'grep' : 'search';
              setHow(next);
              const text = search.grep ?? search.search;
              if (text) change(next === 'grep' ? { grep: text, search: undefined } : { search: text, grep: undefined });
            }}
          />
        </Group>
      </Group>
      {range && <Range since={search.since} until={search.until} onChange={change} />}
    </div>
  );
}

/** What a range begins as: whole minutes are quickly changed. */
function lastHour(): Pick<LogSearch, 'since' | 'until'> {
  const until = Math.floor(Date.now() / 60_000) * 60_000;
  return { since: new Date(until - 3_600_000).toISOString(), until: new Date(until).toISOString() };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}
