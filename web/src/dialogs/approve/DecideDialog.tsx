import { Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { operationQuery, type Operation } from '~/api/queries/operations';
import { approvalsQuery, type Approval } from '~/api/queries/approvals';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine, flag } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { OperationSummary } from '~/dialogs/parts/OperationSummary';
import { PlannedSteps } from '~/dialogs/parts/PlannedSteps';
import { useIntention } from '~/dialogs/parts/use-intention';
import { useLead } from '~/dialogs/parts/use-lead';
import { Ago } from '~/parts/Ago';
import { Empty } from '~/parts/Empty';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Says yes or no to what waits for it: a deployment or a switch before it begins, or a step in the middle of one. */
export function DecideDialog({ preset, onClose, verdict }: DialogProps & { verdict: 'approve' | 'reject' }) {
  const t = useText().dialogs;
  const texts = t[verdict];
  const project = useProject();
  const waiting = useQuery(approvalsQuery(project));
  const all = list(waiting.data);
  const asked = all.find(({ operationId, environment }) => (preset.id === undefined ? environment === preset.environment : operationId === preset.id));
  const id = preset.id ?? asked?.operationId;
  const operation = useQuery({ ...operationQuery(id ?? ''), enabled: id !== undefined });
  const title = asked ? texts.of(asked.text) : texts.title;
  if (operation.data && asked) {
    return (
      <DialogFrame title={title} onClose={onClose} wide>
        <Decide key={asked.step} asked={asked} operation={operation.data} verdict={verdict} onClose={onClose} />
      </DialogFrame>
    );
  }
  const loading = waiting.isPending || (id !== undefined && operation.isPending);
  return (
    <DialogFrame title={title} onClose={onClose}>
      {loading ? (
        <Waiting for={t.whatWaits} />
      ) : waiting.error || operation.error ? (
        <ProblemNote error={waiting.error ?? operation.error} onRetry={() => void waiting.refetch()} />
      ) : (
        <Empty title={t.nothingWaits} says={t.nothingWaitsSays} />
      )}
    </DialogFrame>
  );
}

interface DecideProps {
  asked: Approval;
  operation: Operation;
  verdict: 'approve' | 'reject';
  onClose: () => void;
}

function Decide({ asked, operation, verdict, onClose }: DecideProps) {
  const t = useText().dialogs;
  const texts = t[verdict];
  const project = useProject();
  const lead = useLead();
  const environment = useQuery(environmentsQuery(project)).data?.find(({ id }) => id === operation.environmentId)?.name ?? asked.environment;
  const [note, setNote] = useState('');
  const intend = useIntention();
  const step = operation.steps.find(({ seq }) => seq === asked.step);
  const decide = useMutation({
    mutationFn: async () => {
      const params = { path: { id: operation.id }, query: { project }, header: intend(note.trim()) };
      const said = note.trim();
      const ofStep = asked.step ? { step: asked.step } : {};
      if (verdict === 'reject') {
        const body = { ...(said !== '' && { reason: said }), ...ofStep };
        await (operation.kind === 'switch' ? answer(api.POST('/api/system/switches/{id}/reject', { params, body })) : answer(api.POST('/api/system/deployments/{id}/reject', { params, body })));
        return;
      }
      // What was looked at is named, so that nobody approves something else than they saw.
      const body = { ...(said !== '' && { comment: said }), ...(asked.revisionHash && { revisionHash: asked.revisionHash }), ...ofStep };
      await (operation.kind === 'switch' ? answer(api.POST('/api/system/switches/{id}/approve', { params, body })) : answer(api.POST('/api/system/deployments/{id}/approve', { params, body })));
    },
    onSuccess: () => lead(operation.kind === 'deploy' ? addresses.deployment(operation.id) : addresses.operation(operation.id)),
  });
  return (
    <>
      <Stack gap={4}>
        <Text fw={500}>{step?.do.message ?? asked.waitsFor}</Text>
        <Text size="sm" c="dimmed">
          {t.waitsSince} <Ago at={asked.since} />
          {asked.until !== undefined && (
            <>
              , {t.tooLate} <Ago at={asked.until} exact />
            </>
          )}
        </Text>
      </Stack>
      <OperationSummary operation={operation} environment={environment} />
      {operation.steps.length > 0 && !asked.step && <PlannedSteps steps={operation.steps} />}
      <Textarea label={texts.note} placeholder={texts.noteLike} value={note} onChange={({ currentTarget: { value } }) => setNote(value)} rows={2} />
      <DialogEnd
        does={texts.do}
        needs="approve"
        onClose={onClose}
        onConfirm={() => decide.mutate()}
        pending={decide.isPending}
        error={decide.error}
        blocked={asked.mayApprove ? undefined : asked.whyNot}
        command={commandLine(project, verdict, operation.id, ...flag(verdict === 'approve' ? 'comment' : 'reason', note.trim()))}
      />
    </>
  );
}
