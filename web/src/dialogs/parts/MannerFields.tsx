import { Checkbox, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schema } from '~/api/client';
import { environmentQuery, statusQuery } from '~/api/queries/environments';
import { Select } from '~/parts/Choice';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { askedFor, waysOf, type Manner } from './manner';
import classes from './MannerFields.module.css';

interface Props {
  environment: string;
  manner: Manner;
  onChange: (change: Partial<Manner>) => void;
  gate: Schema<'PolicyAnswer'> | undefined;
}

/** Strategy, description, and what one rarely changes; a reason and a force only where the gate names what for. */
export function MannerFields({ environment, manner, onChange, gate }: Props) {
  const t = useText();
  const project = useProject();
  const spec = useQuery(environmentQuery(environment, project)).data?.spec;
  const ways = spec ? waysOf(spec.strategy) : [];
  const asked = askedFor(gate);
  const wordOf = (way: string) => {
    const [strategy, recipe] = way.split('/');
    return recipe ? t.dialogs.recipe(recipe) : t.parts.strategy[strategy as keyof typeof t.parts.strategy];
  };
  const chosen = manner.way === '' ? (ways[0] ?? null) : manner.way;
  const says = chosen?.startsWith('custom/')
    ? spec?.strategy.recipes?.find(({ name }) => `custom/${name}` === chosen)?.description
    : t.dialogs.strategySays[chosen as keyof typeof t.dialogs.strategySays];
  return (
    <Stack gap="md">
      <Select
        label={t.dialogs.strategy}
        data={ways.map((way, i) => ({ value: way, label: i === 0 ? t.dialogs.usual(wordOf(way)) : wordOf(way) }))}
        value={chosen}
        onChange={(way) => onChange({ way: way === null || way === ways[0] ? '' : way })}
        description={says}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDeselect={false}
        disabled={ways.length === 0}
      />
      <TextInput
        label={t.dialogs.description}
        placeholder={t.dialogs.descriptionLike}
        value={manner.description}
        onChange={({ currentTarget: { value } }) => onChange({ description: value })}
        maxLength={500}
      />
      <details className={classes.more} open={manner.withConfig !== '' || !manner.validation || !manner.rollback ? true : undefined}>
        <summary className={classes.summary}>{t.dialogs.more}</summary>
        <Stack gap="md" pt="md">
          <ConfigField environment={environment} value={manner.withConfig} onChange={(withConfig) => onChange({ withConfig })} />
          <Checkbox
            label={t.dialogs.validation(spec?.validation ?? '')}
            checked={manner.validation}
            onChange={({ currentTarget: { checked } }) => onChange({ validation: checked })}
          />
          <Checkbox
            label={t.dialogs.rollbackOnFailure}
            checked={manner.rollback}
            onChange={({ currentTarget: { checked } }) => onChange({ rollback: checked })}
          />
        </Stack>
      </details>
      {(asked.force.length > 0 || manner.force) && (
        <div className={classes.override}>
          <Checkbox
            label={t.dialogs.force}
            description={asked.force.length > 0 ? asked.force.join('; ') : t.dialogs.forceSays}
            checked={manner.force}
            onChange={({ currentTarget: { checked } }) => onChange({ force: checked })}
          />
        </div>
      )}
      {(manner.force || asked.reason || asked.force.length > 0 || manner.reason !== '') && (
        <Textarea
          label={t.dialogs.reason}
          description={asked.reason ? t.dialogs.reasonQuarantined : t.dialogs.reasonForced}
          value={manner.reason}
          onChange={({ currentTarget: { value } }) => onChange({ reason: value })}
          rows={2}
          required={manner.force || asked.reason}
        />
      )}
    </Stack>
  );
}

/** Which version of the configuration goes along. */
export function ConfigField({ environment, value, onChange }: { environment: string; value: string; onChange: (value: string) => void }) {
  const t = useText().dialogs.config;
  const project = useProject();
  const status = useQuery(statusQuery(environment, project)).data;
  const [number, setNumber] = useState(value !== '' && value !== 'latest');
  return (
    <div>
      <Select
        label={t.label}
        data={[
          { value: 'running', label: status && status.runningConfig > 0 ? t.running(status.runningConfig) : t.first },
          { value: 'latest', label: status ? t.latest(status.latestConfig) : t.newest },
          { value: 'number', label: t.number },
        ]}
        value={number ? 'number' : value === 'latest' ? 'latest' : 'running'}
        onChange={(kind) => {
          setNumber(kind === 'number');
          onChange(kind === 'number' ? String(status?.runningConfig ?? 1) : kind === 'latest' ? 'latest' : '');
        }}
        allowDeselect={false}
      />
      {number && (
        <NumberInput
          mt="xs"
          aria-label={t.version}
          min={1}
          {...(status && { max: status.latestConfig })}
          value={Number(value)}
          onChange={(n) => onChange(typeof n === 'number' && n > 0 ? String(n) : '')}
          allowDecimal={false}
        />
      )}
      {status && status.latestConfig > status.runningConfig && status.runningConfig > 0 && value === '' && (
        <Text size="sm" c="dimmed" mt={4}>
          {t.behind(status.latestConfig)}
        </Text>
      )}
    </div>
  );
}
