import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Schema } from '~/api/client';
import type { Deployment } from '~/api/queries/deployments';
import { environmentsQuery } from '~/api/queries/environments';
import { approvalsQuery } from '~/api/queries/approvals';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useCommands, type Command } from '~/shell/commands';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { PauseButton } from './PauseButton';
import { ReportButtons } from './ReportButtons';
import { ResumeButton } from './ResumeButton';

/** What can be done with a deployment as it stands. */
export function DeploymentActions({ deployment, steps, cancelRequested }: { deployment: Deployment; steps: readonly Schema<'Step'>[]; cancelRequested: boolean }) {
  const t = useText().deployment;
  const project = useProject();
  const { open } = useDialog();
  const { id, environment, status } = deployment;
  const asks = useQuery(approvalsQuery(project)).data?.find(({ operationId }) => operationId === id);
  const last = useQuery(environmentsQuery(project)).data?.find((e) => e.id === deployment.environmentId)?.metadata.lastDeployment?.deploymentId;
  const waiting = status === 'pending_approval' || steps.some((step) => step.kind === 'approve' && step.status === 'running');
  const pause = steps.find((step) => step.kind === 'pause' && step.status === 'running');
  // The one that pauses, or else the one before which it holds.
  const resumes = cancelRequested ? undefined : (pause?.seq ?? deployment.pause?.step);
  const goesBack = cancelRequested || steps.some((step) => step.phase === 'undo');
  const mayPause = status === 'running' && !goesBack && deployment.pause === undefined && steps.some((step) => step.status === 'pending');
  const open_ = status === 'pending' || status === 'pending_approval' || status === 'running';
  const blocked = asks && !asks.mayApprove ? asks.whyNot : undefined;
  useCommands(
    useMemo<Command[]>(
      () => [
        ...(waiting ? [{ id: 'approve-this', label: t.approve, group: 'actions' as const, icon: 'check' as const, run: () => open('approve', { id, environment }) }] : []),
        ...(open_ ? [{ id: 'cancel-this', label: t.cancel, group: 'actions' as const, icon: 'stop' as const, run: () => open('cancel', { id, environment }) }] : []),
        ...(status === 'completed' ? [{ id: 'roll-this-back', label: t.rollBack, group: 'actions' as const, icon: 'back' as const, run: () => open('rollback', { id, environment }) }] : []),
      ],
      [waiting, open_, status, t, open, id, environment],
    ),
  );
  return (
    <Group gap="sm" className="not-on-paper">
      {waiting && (
        <>
          <Allowed needs="approve" blocked={blocked} leftSection={<Icon name="check" />} onClick={() => open('approve', { id, environment })}>
            {t.approve}
          </Allowed>
          <Allowed needs="approve" blocked={blocked} variant="default" onClick={() => open('reject', { id, environment })}>
            {t.reject}
          </Allowed>
        </>
      )}
      {resumes !== undefined && <ResumeButton id={id} step={resumes} />}
      {mayPause && <PauseButton id={id} />}
      {deployment.scheduledFor !== undefined && deployment.startedAt === undefined && open_ && (
        <Allowed needs="write" variant="default" leftSection={<Icon name="clock" />} onClick={() => open('schedule', { id, environment })}>
          {t.move}
        </Allowed>
      )}
      {open_ && (
        <Allowed needs="write" variant="default" leftSection={<Icon name="stop" />} onClick={() => open('cancel', { id, environment })}>
          {t.cancel}
        </Allowed>
      )}
      {status === 'completed' && (
        <Allowed
          needs="write"
          variant="default"
          leftSection={<Icon name="back" />}
          blocked={last !== undefined && last !== id ? t.notTheLatest : undefined}
          onClick={() => open('rollback', { id, environment })}
        >
          {t.rollBack}
        </Allowed>
      )}
      {(status === 'failed' || status === 'rolled_back' || status === 'cancelled') && (
        <Allowed needs="write" variant="default" leftSection={<Icon name="deploy" />} onClick={() => open('deploy', { environment, version: deployment.version })}>
          {t.again}
        </Allowed>
      )}
      <ReportButtons address={addresses.deployment(id)} />
    </Group>
  );
}
