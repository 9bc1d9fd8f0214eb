import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Schema } from '~/api/client';
import type { Event } from '~/api/live';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { addresses } from '~/shell/addresses';
import { useEvents } from '~/shell/connection';
import { useText } from '~/text/text';

/** Somebody wants it held: who, since when and why. */
export function Paused({ pause }: { pause: Schema<'RequestedPause'> }) {
  const t = useText().deployment.pauses;
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {pause.heldSince === undefined ? t.asked(pause.by, pause.before) : t.held(pause.by)}{' '}
      <Ago at={pause.heldSince ?? pause.at} />
      {pause.reason !== undefined && `: ${pause.reason}`}
    </Text>
  );
}

/** Another operation is in the way: which, and what that waits for itself. */
export function WaitsFor({ waitingFor: w }: { waitingFor: Schema<'WaitingFor'> }) {
  const texts = useText();
  const t = texts.deployment.blocked;
  const queries = useQueryClient();
  // What the other does is told as its own event, and says how long this one still waits.
  useEvents(
    useCallback(
      (event: Event) => {
        if (event.operationId === w.holder && event.type !== 'step.progress') {
          void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'deployment' || queryKey[0] === 'operation' });
        }
      },
      [queries, w.holder],
    ),
  );
  const name = w.holderVersion === undefined ? t.operation(texts.dialogs.kind[w.holderKind], w.holderEnvironment) : t.deployment(w.holderVersion, w.holderEnvironment);
  const step = w.holderStep ?? '';
  const why = {
    approval: t.approval(step),
    pause: t.recipePause(step),
    paused: t.paused(w.holderPausedBy ?? '', step),
    lock: t.another,
  };
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {w.live === true ? t.live : t.before} <Go to={w.holderKind === 'deploy' ? addresses.deployment(w.holder) : addresses.operation(w.holder)}>{name}</Go>
      {w.holderWaitsFor ? `, ${why[w.holderWaitsFor]}` : step !== '' && `, ${t.at(step)}`} (<Ago at={w.since} />)
    </Text>
  );
}
