import { Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, ifMatch, tagged, type Schema } from '~/api/client';
import { key } from '~/api/keys';
import { environmentQuery } from '~/api/queries/environments';
import { schedulesQuery } from '~/api/queries/schedules';
import { commandLine, flag } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { waysOf } from '~/dialogs/parts/manner';
import { ConfigField } from '~/dialogs/parts/MannerFields';
import { ReleaseField } from '~/dialogs/parts/ReleaseField';
import { knownOfName, knownOfRule } from '~/dialogs/parts/known';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { useSure } from '~/dialogs/parts/use-sure';
import type { DialogPreset } from '~/dialogs/search';
import { Select } from '~/parts/Choice';
import { ConfirmName } from '~/parts/ConfirmName';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useAnswers } from '~/shell/use-places';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { NextTimes } from './NextTimes';
import { MissedFields, ZoneField } from './TimeFields';
import { ownZone } from './zone';

interface Props {
  preset: DialogPreset;
  /** Of the schedule that is changed. */
  id?: string;
  onClose: () => void;
}

/** A rule by which deployments are made again and again: a new one, or the change of one. */
export function ByRule({ preset, id, onClose }: Props) {
  const t = useText().dialogs.schedule;
  const project = useProject();
  const old = useQuery({
    queryKey: key('schedules', { project, id, tagged: true }),
    queryFn: ({ signal }) => tagged(api.GET('/api/system/schedules/{id}', { params: { path: { id: id ?? '' }, query: { project } }, signal })),
    enabled: id !== undefined,
    staleTime: Infinity, // what is in the form is a change of what was read
  });
  if (id === undefined) return <RuleForm preset={preset} onClose={onClose} />;
  if (old.error) return <ProblemNote error={old.error} onRetry={() => void old.refetch()} />;
  if (!old.data) return <Waiting for={t.what} />;
  return <RuleForm preset={{}} old={old.data.value} etag={old.data.etag} onClose={onClose} />;
}

function RuleForm({ preset, old, etag, onClose }: { preset: DialogPreset; old?: Schema<'Schedule'>; etag?: string; onClose: () => void }) {
  const texts = useText();
  const t = texts.dialogs;
  const project = useProject();
  const lead = useLead();
  const answers = useAnswers();
  const [name, setName] = useState(old?.name ?? '');
  const [environment, setEnvironment] = useState<string | null>(old?.environment ?? preset.environment ?? null);
  const [rule, setRule] = useState(old?.rule ?? '30 2 * * 1-5');
  const [timeZone, setZone] = useState(old ? old.timeZone || 'UTC' : ownZone());
  const [release, setRelease] = useState(old ? (old.promote ? 'promote' : (old.release ?? 'latest')) : (preset.version ?? 'latest'));
  const [missed, setMissed] = useState({ ifMissed: old?.ifMissed ?? ('skip' as const), grace: Math.round((old?.grace ?? 900_000) / 60_000) });
  const [strategy, setStrategy] = useState<NonNullable<Schema<'Schedule'>['strategy']> | ''>(old?.strategy ?? '');
  const [withConfig, setConfig] = useState(old?.withConfig ?? '');
  const [description, setDescription] = useState(old?.description ?? '');
  const sure = useSure(environment);
  const spec = useQuery({ ...environmentQuery(environment ?? '', project), enabled: environment !== null }).data?.spec;
  const ways = [...new Set((spec ? waysOf(spec.strategy) : []).map((way) => way.split('/')[0] as NonNullable<Schema<'Schedule'>['strategy']>))];
  const promote = release === 'promote';
  const content = {
    rule: rule.trim(),
    timeZone,
    ...(promote ? { promote: true } : { ...(old?.promote && { promote: false }), release }),
    ifMissed: missed.ifMissed,
    grace: missed.grace * 60_000,
    ...(strategy !== '' && { strategy }),
    ...((withConfig !== '' || old?.withConfig) && { withConfig }),
    ...((description !== '' || old?.description) && { description }),
  };
  const taken = useQuery(schedulesQuery(project)).data?.map((each) => each.name) ?? [];
  const ofName = old ? { whole: true } : knownOfName(name.trim(), taken, ['deployments'], t.known);
  const ofRule = knownOfRule(rule, t.known);
  const complete = ofRule.whole && environment !== null && ofName.whole && (promote || release !== '');
  const change = useChange<Schema<'Schedule'>, Schema<'Schedule'>, typeof content & { name: string; environment: string }>({
    name: 'rule',
    body: complete ? { ...content, name: name.trim(), environment } : undefined,
    send: ({ name, environment, ...content }, { signal, query, header }) =>
      answer(
        old
          ? api.PATCH('/api/system/schedules/{id}', {
              params: { path: { id: old.id }, query, header: { ...header, ...ifMatch(etag ?? '') } },
              body: content,
              ...(signal && { signal }),
            })
          : api.POST('/api/system/schedules', { params: { query, header }, body: { name, environment, ...content }, ...(signal && { signal }) }),
      ),
    done: () => (answers(addresses.schedules) ? lead(addresses.schedules) : onClose()),
  });
  const { preview } = change;
  return (
    <>
      {!old && (
        <>
          <TextInput label={t.schedule.name} placeholder="nightly" value={name} onChange={({ currentTarget: { value } }) => setName(value)} error={ofName.fault} required autoCapitalize="none" spellCheck={false} />
          <EnvironmentField label={t.environment} value={environment} onChange={setEnvironment} />
        </>
      )}
      <TextInput
        label={t.schedule.rule}
        description={t.schedule.ruleSays}
        value={rule}
        onChange={({ currentTarget: { value } }) => setRule(value)}
        error={ofRule.fault ?? preview.error?.message}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        required
        spellCheck={false}
      />
      <ZoneField label={t.schedule.zone} value={timeZone} onChange={setZone} />
      <Select
        label={t.schedule.whatItDeploys}
        data={[
          { value: 'latest', label: t.schedule.newest },
          { value: 'promote', label: t.schedule.promotes },
          { value: 'one', label: t.schedule.oneRelease },
        ]}
        value={release === 'latest' || release === 'promote' ? release : 'one'}
        onChange={(kind) => setRelease(kind === 'one' ? (preset.version ?? '') : (kind ?? 'latest'))}
        allowDeselect={false}
      />
      {release !== 'latest' && !promote && <ReleaseField value={release === '' ? null : release} onChange={(version) => setRelease(version ?? '')} environment={environment} />}
      {ways.length > 1 && (
        <Select
          label={t.strategy}
          data={ways.map((way, i) => ({ value: way, label: i === 0 ? t.usual(texts.parts.strategy[way]) : texts.parts.strategy[way] }))}
          value={strategy === '' ? (ways[0] ?? null) : strategy}
          onChange={(way) => setStrategy(way === null || (way === ways[0] && !old?.strategy) ? '' : (ways.find((each) => each === way) ?? ''))}
          allowDeselect={false}
        />
      )}
      <MissedFields {...missed} onChange={(change) => setMissed((before) => ({ ...before, ...change }))} />
      {environment !== null && <ConfigField key={environment} environment={environment} value={withConfig} onChange={setConfig} />}
      <TextInput label={t.description} value={description} onChange={({ currentTarget: { value } }) => setDescription(value)} />
      {preview.answer && !preview.error && <NextTimes schedule={preview.answer} />}
      {!complete && <Text c="dimmed">{t.schedule.incomplete}</Text>}
      {sure.asks && environment !== null && <ConfirmName key={`sure of ${environment}`} name={environment} onMatch={sure.tell} />}
      <DialogEnd
        does={old ? t.schedule.changeDo : t.schedule.createDo}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={!complete ? t.schedule.incomplete : preview.error ? t.blocked.refused : !preview.current ? t.blocked.asking : sure.sure ? undefined : t.blocked.name(environment)}
        command={
          complete
            ? commandLine(
                project,
                'schedule',
                old ? 'change' : 'create',
                name.trim(),
                ...(old ? [] : flag('environment', environment)),
                ...flag('rule', rule.trim()),
                ...flag('tz', timeZone),
                ...(promote ? ['--promote'] : flag('release', release === 'latest' && !old ? '' : release)),
                ...flag('strategy', strategy),
                ...flag('with-config', withConfig),
                ...flag('if-missed', missed.ifMissed === 'run' || old ? missed.ifMissed : ''),
                ...flag('grace', missed.grace === 15 && !old ? '' : `${missed.grace}m`),
                ...flag('description', description),
              )
            : undefined
        }
      />
    </>
  );
}
