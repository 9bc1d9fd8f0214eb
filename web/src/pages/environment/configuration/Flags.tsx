import { Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '~/api/session';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { Table } from '~/parts/Table';
import { useFormat, useText } from '~/text/text';
import { at, isObject, withAt, type Json, type Sections } from './sections';

interface Props {
  environment: string;
  sections: Sections;
  onChange: (sections: Sections) => void;
  onEdit: () => void;
}

/** features.flags as a table: what is on, and for whom. */
export function Flags({ environment, sections, onChange, onEdit }: Props) {
  const text = useText();
  const t = text.configuration.flags;
  const f = useFormat();
  const may = useMay('write');
  const [adding, setAdding] = useState('');
  const all = at(sections, ['features', 'flags']);
  const flags = Object.entries(isObject(all) ? all : {}).map(([name, flag]) => ({ name, flag: isObject(flag) ? flag : {} }));
  const put = (path: readonly string[], value: unknown) => onChange((withAt(sections, ['features', 'flags', ...path], value) ?? {}));
  const who = (flag: Json) => {
    if (flag.enabled !== true) return t.nobody;
    const parts: string[] = [];
    if (Array.isArray(flag.targeting) && flag.targeting.length > 0) parts.push(t.targeted(flag.targeting.length));
    const { rollout } = flag;
    if (isObject(rollout) && typeof rollout.percent === 'number') parts.push(t.percent(f.number(rollout.percent)));
    else if (isObject(rollout) && isObject(rollout.variants)) parts.push(Object.entries(rollout.variants).map(([variant, share]) => `${variant} ${String(share)} %`).join(', '));
    return parts.length > 0 ? parts.join(', ') : t.everyone;
  };
  return (
    <Stack gap="md">
      {flags.length === 0 ? (
        <Empty title={t.empty.title} says={t.empty.says} command={t.empty.command(environment)} />
      ) : (
        <div style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6, overflow: 'hidden', background: 'var(--mantine-color-body)' }}>
          <Table
            label={t.title}
            rows={flags}
            rowKey={({ name }) => name}
            rowHeight={48}
            columns={[
              { id: 'on', title: t.columns.on, width: '72px', cell: ({ name, flag }) => <Switch aria-label={t.toggle(name)} checked={flag.enabled === true} disabled={!may} onChange={({ currentTarget: { checked } }) => put([name, 'enabled'], checked)} /> },
              { id: 'name', title: t.columns.name, width: 'minmax(140px, 2fr)', sort: ({ name }) => name, cell: ({ name }) => <code title={name}>{name}</code> },
              { id: 'rollout', title: t.columns.rollout, width: 'minmax(120px, 2fr)', cell: ({ flag }) => who(flag) },
              { id: 'description', title: t.columns.description, width: 'minmax(140px, 3fr)', cell: ({ flag }) => (typeof flag.description === 'string' ? <span title={flag.description}>{flag.description}</span> : '') },
              {
                id: 'edit',
                title: '',
                width: '88px',
                align: 'right',
                cell: ({ name }) => (
                  <Button variant="subtle" size="compact-sm" aria-label={t.edit(name)} onClick={onEdit}>
                    {text.variables.edit}
                  </Button>
                ),
              },
            ]}
          />
        </div>
      )}
      <Group gap="sm" align="flex-end">
        <TextInput label={t.newName} value={adding} onChange={({ currentTarget: { value } }) => setAdding(value.trim())} spellCheck={false} />
        <Button
          variant="default"
          leftSection={<Icon name="plus" />}
          disabled={adding === '' || !may || flags.some(({ name }) => name === adding)}
          onClick={() => {
            put([adding], { enabled: false });
            setAdding('');
          }}
        >
          {t.add}
        </Button>
        <Text size="sm" c="dimmed">
          {t.note}
        </Text>
      </Group>
    </Stack>
  );
}
