import { Alert, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Icon, type IconName } from '~/parts/icons';
import { useNow } from '~/parts/use-now';
import { useText } from '~/text/text';
import { plain, type Told } from './told';
import { Paused, WaitsFor } from './Standstill';
import { waitOf } from './waits';
import { WaitLine } from './WaitLine';

type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle';

// The library's own colours are too pale to read.
function toned(tone: Tone) {
  const color = `var(--state-${tone})`;
  return { root: { borderColor: color }, title: { color }, icon: { color } };
}

interface Props {
  status: Schema<'Operation'>['status'];
  steps: readonly Schema<'Step'>[];
  told: ReadonlyMap<number, Told>;
  error: Schema<'OperationError'> | undefined;
  scheduledFor: string | undefined;
  cancelRequested: boolean;
  /** Somebody wants it held. */
  pause?: Schema<'RequestedPause'> | undefined;
  /** Who is in its way. */
  waitingFor?: Schema<'WaitingFor'> | undefined;
  /** What to do, and where one gets: links. */
  children?: ReactNode;
}

/** What is the matter at this moment, and what to do about it: the first thing that is read. */
export function Headline({ status, steps, told, error, scheduledFor, cancelRequested, pause, waitingFor, children }: Props) {
  const t = useText().deployment.headline;
  const now = useNow(30_000);
  const running = steps.find((step) => step.status === 'running');
  const held = pause?.heldSince !== undefined && !cancelRequested;
  const next = steps.find((step) => step.status === 'pending');
  const stands = held || (waitingFor !== undefined && status === 'running');
  const wait = running && waitOf(running, told.get(running.seq));
  const done = steps.filter((step) => step.status === 'completed').length;
  const looks: Record<Props['status'], { color: Tone; icon: IconName; title: ReactNode }> = {
    pending: {
      color: 'idle',
      icon: 'clock',
      title: scheduledFor !== undefined && Date.parse(scheduledFor) > now ? <>{t.starts} <Ago at={scheduledFor} />, <Ago at={scheduledFor} exact /></> : t.queued,
    },
    pending_approval: { color: 'warn', icon: 'approvals', title: t.needsApproval },
    running: {
      color: wait?.for === 'approval' || stands ? 'warn' : 'busy',
      icon: wait?.for === 'approval' ? 'approvals' : held ? 'pause' : stands ? 'clock' : 'half',
      title: held ? t.held(pause.before, done, steps.length) : running ? (running.phase === 'forward' ? t.at(running.name, done, steps.length) : t.goesBack(running.name)) : stands ? t.waits(next?.name ?? '', done, steps.length) : t.begins,
    },
    completed: { color: 'ok', icon: 'check', title: t.completed },
    failed: { color: 'bad', icon: 'cross', title: t.failed(error?.step ?? '') },
    rolled_back: { color: 'warn', icon: 'back', title: t.rolledBack(error?.step ?? '') },
    cancelled: { color: 'idle', icon: 'cross', title: t.cancelled },
  };
  const look = looks[status];
  return (
    <Alert variant="outline" color="gray" styles={toned(look.color)} icon={<Icon name={look.icon} />} title={look.title} role="status">
      <Stack gap={4}>
        {wait && <WaitLine wait={wait} />}
        {pause && !cancelRequested && <Paused pause={pause} />}
        {waitingFor && <WaitsFor waitingFor={waitingFor} />}
        {cancelRequested && status === 'running' && <Text size="sm">{t.cancelAsked}</Text>}
        {error !== undefined && <Text style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>{plain(error.message)}</Text>}
        {status === 'failed' && <Text size="sm">{t.failedDo}</Text>}
        {children}
      </Stack>
    </Alert>
  );
}
