import { Alert, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Problem } from '~/api/problem';
import { Allowed } from '~/parts/Allowed';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import { differing, drop, placeOf, put, type Draft, type Entry, type Level } from './draft';
import { useSaid, type Owner } from './levels';
import { Demands } from './Demands';
import { begin, slotOfForm, type Form } from './form';
import { FormFields } from './FormFields';
import type { Row } from './rows';
import { isOfSchema } from './SchemaField';
import { pathOf } from './slot';
import { useTrial } from './use-trial';

interface Props {
  owner: Owner;
  /** Of an existing one; a new one without. */
  row: Row | undefined;
  draft: Draft;
  services: readonly string[];
  onKeep: (entry: Entry) => void;
  onClose: () => void;
}

/** One variable: value, type, demands, who gets it, and at which level it is said. */
export function EditDrawer({ owner, row, draft, services, onKeep, onClose }: Props) {
  const t = useText().variables;
  const first = row?.entries[0];
  const [level, setLevel] = useState<Level>(first?.level ?? (row?.variable?.level === 'type' || row?.variable?.level === 'project' ? row.variable.level : 'environment'));
  const said = useSaid(owner, useMemo(() => new Set([level]), [level]));
  const own = row && said[level]?.own.get(row.slot);
  const known = said[level] !== undefined;
  return (
    <Drawer opened onClose={onClose} position="right" size="min(520px, 100vw)" title={row ? t.form.edit(row.slot) : t.form.add} closeButtonProps={{ 'aria-label': t.save.hide }}>
      {known && (
        <Fields key={level} {...{ owner, row, own, draft, services, level, setLevel, onKeep, onClose }} />
      )}
    </Drawer>
  );
}

function Fields({ owner, row, own, draft, services, level, setLevel, onKeep, onClose }: Props & { own: Entry['before']; level: Level; setLevel: (level: Level) => void }) {
  const text = useText();
  const t = text.variables;
  const entry = row?.entries.find((one) => one.level === level);
  const before = entry?.before ?? own;
  const [form, setForm] = useState<Form>(() => begin(before, row?.variable, entry));
  const [unfinished, setUnfinished] = useState(false);
  const slot = row?.slot ?? slotOfForm(form);
  const next: Entry = { level, slot, change: differing(before, form), before };
  // What can only be refused, because it is half typed, is not tried.
  const halfTyped = !/^[A-Za-z_]\w*$/.test(form.key) || /(^|[^$])(\$\$)*\$\{[^}]*$/.test(form.value ?? '');
  const idle = unfinished || halfTyped || (before !== undefined && Object.keys(next.change ?? {}).length === 0);
  // The whole draft is tried with it: variables refer to each other.
  const trial = useTrial(owner, idle ? drop(draft, next) : put(draft, next));
  const mistakes = trial.error instanceof Problem ? (trial.error.mistakes.length > 0 ? trial.error.mistakes : [{ field: trial.error.field ?? '', message: trial.error.message }]) : [];
  const all = mistakes.filter(({ field }) => field === pathOf(slot)).map(({ message }) => message);
  const here = all.filter((message) => !isOfSchema(message));
  const ofSchema = all.filter(isOfSchema);
  const elsewhere = mistakes.filter(({ field }) => field !== pathOf(slot));
  const inherited = !before && row?.variable;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!idle) onKeep(next);
      }}
    >
      <Stack gap="md">
        <FormFields form={form} setForm={setForm} row={row} before={before} level={level} setLevel={setLevel} owner={owner} services={services} problem={idle ? undefined : here.join('; ') || undefined} />
        {inherited && (
          <Text size="sm" c="dimmed">
            {t.form.inherited(row.variable?.level ?? '')}
          </Text>
        )}
        <Demands form={form} setForm={setForm} schemaProblem={idle ? undefined : ofSchema.join('; ') || undefined} onUnfinished={setUnfinished} />
        {!idle && elsewhere.length > 0 && (
          <Alert variant="outline" color="yellow" title={t.form.other} role="alert">
            {elsewhere.map(({ field, message }) => (
              <Text key={`${field ?? ''} ${message}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
                <code>{field}</code>: {message}
              </Text>
            ))}
          </Alert>
        )}
        {!idle && !(trial.error instanceof Problem) && <ProblemNote error={trial.error} />}
        <Text size="sm" c="dimmed" role="status" mih={20}>
          {idle ? '' : trial.pending ? t.form.checking : trial.error ? '' : t.form.fits}
        </Text>
        <Group justify="flex-end" gap="sm">
          <Text size="sm" c="dimmed" style={{ flex: 1 }}>
            {t.form.keepSays}
          </Text>
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" type="submit" disabled={idle} key={placeOf(next)}>
            {t.form.keep}
          </Allowed>
        </Group>
      </Stack>
    </form>
  );
}
