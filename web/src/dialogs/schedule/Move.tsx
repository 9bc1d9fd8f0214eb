import { Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schema } from '~/api/client';
import type { Deployment } from '~/api/queries/deployments';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { useIntention } from '~/dialogs/parts/use-intention';
import { useLead } from '~/dialogs/parts/use-lead';
import { Ago } from '~/parts/Ago';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { soon, TimeFields, timing, timingFlags, type When } from './TimeFields';
import { ownZone, wallOf } from './zone';

/** Another time for a deployment that waits for its own. */
export function Move({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const intend = useIntention();
  const [when, setWhen] = useState<When>(() => began(deployment));
  const at = timing(when);
  const move = useMutation({
    mutationFn: (body: Schema<'Timing'>) =>
      answer(api.PUT('/api/system/deployments/{id}/schedule', { params: { path: { id: deployment.id }, query: { project }, header: intend(body) }, body })),
    onSuccess: () => lead(addresses.deployment(deployment.id)),
  });
  const waits = deployment.scheduledFor !== undefined && (deployment.status === 'pending' || deployment.status === 'pending_approval');
  return (
    <>
      <Text size="sm">
        {t.schedule.now} <Ago at={deployment.scheduledFor} exact />
        {deployment.approvedBy !== undefined && `. ${t.schedule.approvalHolds(deployment.approvedBy)}`}
      </Text>
      <TimeFields when={when} onChange={(change) => setWhen((before) => ({ ...before, ...change }))} />
      <DialogEnd
        does={t.schedule.moveDo}
        needs="write"
        onClose={onClose}
        onConfirm={() => at && move.mutate(at)}
        pending={move.isPending}
        error={move.error}
        blocked={!waits ? t.schedule.notWaiting : at === undefined ? t.schedule.noSuchTime : undefined}
        command={commandLine(project, 'schedule', 'change', deployment.id, ...timingFlags(when))}
      />
    </>
  );
}

/** As it is now. One that says nothing of what is missed later has it as it is skipped. */
function began({ scheduledFor, notAfter }: Deployment): When {
  const zone = ownZone();
  if (scheduledFor === undefined) return soon(Date.now());
  const at = Date.parse(scheduledFor);
  const grace = notAfter === undefined ? 15 : Math.max(1, Math.round((Date.parse(notAfter) - at) / 60_000));
  return { wall: wallOf(at, zone), zone, ifMissed: notAfter === undefined ? 'run' : 'skip', grace };
}
