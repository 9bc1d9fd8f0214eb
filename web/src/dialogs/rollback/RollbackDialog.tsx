import { Alert, Anchor, Checkbox, Text, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, type Schema } from '~/api/client';
import { deploymentQuery, deploymentsQuery } from '~/api/queries/deployments';
import { environmentsQuery } from '~/api/queries/environments';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine, flag } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { PreviewOf } from '~/dialogs/parts/PreviewOf';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { useSure } from '~/dialogs/parts/use-sure';
import { whyNotYet } from '~/dialogs/parts/why-not-yet';
import { useDialog } from '~/dialogs/use-dialog';
import { Select } from '~/parts/Choice';
import { ConfirmName } from '~/parts/ConfirmName';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { BringsBack } from './BringsBack';
import { placesToReturnTo } from './places';

/** Returns an environment to what ran there before: release, configuration and secrets together. */
export function RollbackDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const f = useFormat();
  const project = useProject();
  const lead = useLead();
  const { open } = useDialog();
  const named = useQuery({ ...deploymentQuery(preset.id ?? ''), enabled: preset.id !== undefined }).data;
  const [chosen, setChosen] = useState<string | null>();
  const [to, setTo] = useState('');
  const [description, setDescription] = useState('');
  const [reason, setReason] = useState('');
  const [current, setCurrent] = useState(false);
  const environment = chosen === undefined ? (preset.environment ?? named?.environment ?? null) : chosen;
  const found = useQuery(environmentsQuery(project)).data?.find(({ name }) => name === environment);
  const history = useInfiniteQuery({ ...deploymentsQuery({ project, environment: environment ?? undefined }, 200), enabled: environment !== null });
  const deployments = (history.data?.pages ?? []).flatMap((page) => list(page.items));
  const running = deployments.find(({ status }) => status === 'running');
  const last = found?.metadata.lastDeployment?.deploymentId;
  const takes = preset.id !== undefined && chosen === undefined ? preset.id : last;
  const places = placesToReturnTo(deployments, found?.activeRevisionId);
  const sure = useSure(environment);
  const request: Schema<'RollbackRequest'> = {
    ...(to !== '' && { to }),
    ...(description.trim() !== '' && { description: description.trim() }),
    ...(reason.trim() !== '' && { reason: reason.trim() }),
    ...(current && { secrets: 'current' }),
  };
  const change = useChange<Schema<'DeploymentPreview'>, Schema<'Deployment'>, { id: string; request: Schema<'RollbackRequest'> }>({
    name: 'rollback',
    body: takes === undefined || environment === null ? undefined : { id: takes, request },
    send: ({ id, request }, { signal, ...how }) =>
      answer(api.POST('/api/system/deployments/{id}/rollback', { params: { path: { id }, ...how }, body: request, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.deployment(id)),
  });
  const { preview } = change;
  const gate = preview.answer?.gate;
  const secretsGone = current || (gate?.reasons.some(({ code }) => code === 'secret_gone') ?? false);
  const quarantined = reason !== '' || (gate?.reasons.some(({ code }) => code === 'quarantined' || code === 'readmitted') ?? false);
  return (
    <DialogFrame title={environment === null ? t.rollback.title : t.rollback.of(environment)} onClose={onClose} wide>
      {preset.environment === undefined && preset.id === undefined && (
        <EnvironmentField label={t.environment} value={environment} onChange={setChosen} />
      )}
      {running && (
        <Alert color="gray" variant="outline" styles={{ root: { borderColor: 'var(--state-warn)' }, title: { color: 'var(--state-warn)' }, icon: { color: 'var(--state-warn)' } }} icon={<Icon name="warn" />} title={t.rollback.stillRuns(running.version)}>
          <Text size="sm">{t.rollback.cancelInstead}</Text>
          <Anchor component="button" type="button" size="sm" mt={4} onClick={() => open('cancel', { id: running.id, environment: running.environment })}>
            {t.rollback.toCancel}
          </Anchor>
        </Alert>
      )}
      {environment !== null && takes === undefined && found !== undefined && <Text c="dimmed">{t.rollback.nothing(environment)}</Text>}
      {takes !== undefined && (
        <>
          <Select
            label={t.rollback.to}
            data={[
              { value: '', label: t.rollback.before },
              ...places.map((d) => ({ value: d.revisionId, label: t.rollback.place(d.version, d.revisionHash.replace(/^sha256:/, '').slice(0, 8), f.exact(d.completedAt ?? d.createdAt)) })),
            ]}
            value={to}
            onChange={(revision) => setTo(revision ?? '')}
            allowDeselect={false}
          />
          {preview.answer && environment !== null && <BringsBack deployment={preview.answer.deployment} environment={environment} />}
          <TextInput
            label={t.rollback.why}
            placeholder={t.rollback.whyLike}
            value={description}
            onChange={({ currentTarget: { value } }) => setDescription(value)}
          />
          {secretsGone && (
            <Checkbox label={t.rollback.secrets} description={t.rollback.secretsSays} checked={current} onChange={({ currentTarget: { checked } }) => setCurrent(checked)} />
          )}
          {quarantined && (
            <Textarea label={t.reason} description={t.reasonQuarantined} required value={reason} onChange={({ currentTarget: { value } }) => setReason(value)} rows={2} />
          )}
          <PreviewOf preview={preview} />
          {sure.asks && environment !== null && <ConfirmName key={`sure of ${environment}`} name={environment} onMatch={sure.tell} />}
        </>
      )}
      <DialogEnd
        does={t.rollback.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={environment === null ? t.chooseEnvironment : takes === undefined ? t.rollback.nothing(environment) : whyNotYet(t, preview, sure.sure, environment)}
        command={
          environment === null
            ? undefined
            : commandLine(
                project,
                'rollback',
                takes === last ? environment : takes,
                ...flag('to', places.find(({ revisionId }) => revisionId === to)?.revisionHash.replace(/^sha256:/, '').slice(0, 12)),
                ...flag('description', description.trim()),
                ...flag('reason', reason.trim()),
                ...flag('secrets', current ? 'current' : ''),
              )
        }
      />
    </DialogFrame>
  );
}
