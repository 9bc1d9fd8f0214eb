import { Fieldset, Group, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schema } from '~/api/client';
import { Problem } from '~/api/problem';
import { environmentsQuery } from '~/api/queries/environments';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine, flag } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { useChange } from '~/dialogs/parts/use-change';
import { faultOfValue, knownOfName, missingOf } from '~/dialogs/parts/known';
import { useLead } from '~/dialogs/parts/use-lead';
import { Select } from '~/parts/Choice';
import { Facts } from '~/parts/Facts';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { beginningsQuery } from './templates';
import { VariableField } from './VariableField';

const types = ['development', 'testing', 'staging', 'production', 'preview', 'custom'] as const;
const builtIn = ['standard', 'production', 'preview'] as const;

/** Makes an environment. Nothing runs in it before its first deployment. */
export function CreateDialog({ preset, onClose }: DialogProps) {
  const texts = useText();
  const t = texts.dialogs.create;
  const project = useProject();
  const lead = useLead();
  const f = useFormat();
  const templates = useQuery(beginningsQuery(project));
  const [name, setName] = useState(preset.environment ?? '');
  const [type, setType] = useState<(typeof types)[number] | ''>('');
  const [template, setTemplate] = useState('standard');
  const [region, setRegion] = useState('');
  const [description, setDescription] = useState('');
  const [values, setValues] = useState<Record<string, unknown>>({});
  const chosen = templates.data?.find((each) => each.name === template);
  const variables = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const taken = useQuery(environmentsQuery(project)).data?.map((each) => each.name) ?? [];
  const known = knownOfName(name.trim(), taken, ['current', 'switch'], texts.dialogs.known);
  const missing = missingOf(chosen?.variables ?? [], values);
  const faults = new Map((chosen?.variables ?? []).map((variable) => [variable.key, faultOfValue(variable, values[variable.key], texts.templates.demands, f.number)]));
  const amiss = [...faults].find(([, fault]) => fault !== undefined)?.[0];
  const change = useChange<Schema<'Environment'>, Schema<'Environment'>, Schema<'CreateRequest'>>({
    name: 'create',
    body:
      !known.whole || missing !== undefined || amiss !== undefined
        ? undefined
        : {
            name: name.trim(),
            template,
            ...(type !== '' && { type }),
            ...(region.trim() !== '' && { region: region.trim() }),
            ...(description.trim() !== '' && { description: description.trim() }),
            ...(chosen && Object.keys(variables).length > 0 && { variables }),
          },
    send: (body, { signal, ...how }) => answer(api.POST('/api/system/environments', { params: how, body, ...(signal && { signal }) })),
    done: (made) => lead(addresses.environment(made.name)),
  });
  const { preview } = change;
  const problem = preview.error instanceof Problem ? preview.error : undefined;
  const wrong = (field: string) => problem?.mistakes.find((m) => m.field === field)?.message ?? (problem?.field === field ? problem.message : undefined);
  const blocked =
    name.trim() === ''
      ? t.nameFirst
      : (known.fault ??
        (!known.whole ? texts.dialogs.known.unfinished : missing !== undefined ? texts.dialogs.known.value(missing) : amiss !== undefined ? texts.dialogs.known.amiss(amiss) : undefined));
  const shownAtField = problem !== undefined && (wrong('name') !== undefined || problem.mistakes.some((m) => m.field?.startsWith('variables')));
  return (
    <DialogFrame title={t.title} onClose={onClose} wide>
      <TextInput
        label={t.name}
        description={t.nameSays}
        placeholder="quality"
        required
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
        error={known.fault ?? wrong('name')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
      />
      <Select
        label={t.template}
        description={chosen?.description ?? t.builtInSays[template as keyof typeof t.builtInSays]}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={[
          { group: t.builtIn, items: [...builtIn] },
          { group: t.configuration, items: (templates.data ?? []).map((each) => each.name).filter((each) => !builtIn.some((b) => b === each)) },
        ]}
        value={template}
        onChange={(value) => {
          setTemplate(value ?? 'standard');
          setValues({});
        }}
        error={templates.error?.message ?? wrong('template')}
        searchable
        allowDeselect={false}
      />
      {chosen && chosen.variables.length > 0 && (
        <Fieldset legend={t.variables}>
          <Stack gap="sm">
            {chosen.variables.map((variable) => (
              <VariableField
                key={`${chosen.name} ${variable.key}`}
                variable={variable}
                value={values[variable.key]}
                onChange={(value) => setValues((before) => ({ ...before, [variable.key]: value }))}
                error={faults.get(variable.key) ?? wrong(`variables.${variable.key}`)}
              />
            ))}
          </Stack>
        </Fieldset>
      )}
      <Group grow align="flex-start" gap="md">
        <Select
          label={t.type}
          data={[{ value: '', label: t.typeOfTemplate }, ...types.map((each) => ({ value: each, label: texts.parts.type[each] }))]}
          value={type}
          onChange={(value) => setType(types.find((each) => each === value) ?? '')}
          allowDeselect={false}
        />
        <TextInput label={t.region} placeholder="eu-central-1" value={region} onChange={({ currentTarget: { value } }) => setRegion(value)} error={wrong('region')} />
      </Group>
      <TextInput label={t.description} value={description} onChange={({ currentTarget: { value } }) => setDescription(value)} />
      {problem && !shownAtField && <ProblemNote error={problem} onRetry={preview.again} />}
      {blocked === undefined && !problem && !preview.answer && <Waiting for={t.plan} />}
      {preview.answer && !problem && <Made environment={preview.answer} />}
      <DialogEnd
        does={t.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={blocked ?? (preview.error ? texts.dialogs.blocked.refused : preview.current ? undefined : texts.dialogs.blocked.asking)}
        command={
          name.trim() === ''
            ? undefined
            : commandLine(
                project,
                'create',
                name.trim(),
                ...flag('template', template === 'standard' ? '' : template),
                ...flag('type', type),
                ...flag('region', region.trim()),
                ...flag('description', description.trim()),
                ...Object.entries(variables).flatMap(([key, value]) =>
                  chosen?.variables.find((v) => v.key === key)?.sensitive ? ['--secret', key] : ['--set', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
                ),
              )
        }
      />
    </DialogFrame>
  );
}

/** What would be there. */
function Made({ environment }: { environment: Schema<'Environment'> }) {
  const texts = useText();
  const t = texts.dialogs.create;
  const { spec } = environment;
  return (
    <section aria-label={t.plan}>
      <Facts
        rows={[
          [t.makes, environment.name],
          [t.type, texts.parts.type[environment.type]],
          [t.region, spec.region],
          [texts.dialogs.strategy, [spec.strategy.primary, ...(spec.strategy.alternatives ?? [])].map((each) => texts.parts.strategy[each]).join(', ')],
          [t.checks, spec.validation],
          [t.approval, spec.approvalRequired ? t.approvalNeeded : t.approvalNot],
          [t.instances, Object.entries(spec.replicas).map(([service, n]) => `${service} ${n}`).join(', ')],
        ]}
      />
      <p style={{ margin: '8px 0 0', color: 'var(--mantine-color-dimmed)', fontSize: 13 }}>{t.nothingRuns}</p>
    </section>
  );
}
