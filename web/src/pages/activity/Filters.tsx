import { Button, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { list } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { historyKinds, type HistoryKind } from '~/api/queries/history';
import { useFew } from '~/parts/few';
import { Select } from '~/parts/Choice';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

export interface Filter {
  environment?: string | undefined;
  kind?: HistoryKind | undefined;
  actor?: string | undefined;
}

export function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText().activity;
  const few = useFew();
  const environments = list(useQuery(environmentsQuery(useProject())).data);
  const names = environments.map(({ name }) => name);
  const some = filter.environment !== undefined || filter.kind !== undefined || filter.actor !== undefined;
  return (
    <Group gap="md" align="flex-end">
      <Select
        label={t.environment}
        placeholder={t.all}
        data={filter.environment !== undefined && !names.includes(filter.environment) ? [filter.environment, ...names] : names}
        value={filter.environment ?? null}
        onChange={(environment) => onChange({ environment: environment ?? undefined })}
        searchable
        filter={few}
        clearable
        clearButtonProps={{ 'aria-label': t.clear(t.environment) }}
        w={220}
      />
      <Select
        label={t.kind}
        placeholder={t.all}
        data={historyKinds.map((value) => ({ value, label: t.kinds[value] }))}
        value={filter.kind ?? null}
        onChange={(kind) => onChange({ kind: historyKinds.find((k) => k === kind) })}
        clearable
        clearButtonProps={{ 'aria-label': t.clear(t.kind) }}
        w={180}
      />
      <Actor key={filter.actor ?? ''} actor={filter.actor} onChange={(actor) => onChange({ actor })} />
      {some && (
        <Button variant="subtle" onClick={() => onChange({ environment: undefined, kind: undefined, actor: undefined })}>
          {t.reset}
        </Button>
      )}
    </Group>
  );
}

const pause = 400; // ms after the last letter

function Actor({ actor = '', onChange }: { actor: string | undefined; onChange: (actor: string | undefined) => void }) {
  const t = useText().activity;
  const [typed, setTyped] = useState(actor);
  useEffect(() => {
    if (typed === actor) return;
    const timer = setTimeout(() => onChange(typed.trim() || undefined), pause);
    return () => clearTimeout(timer);
  }, [typed, actor, onChange]);
  return <TextInput label={t.actor} placeholder={t.everybody} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoCapitalize="none" spellCheck={false} w={180} />;
}
