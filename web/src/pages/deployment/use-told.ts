import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Event } from '~/api/live';
import { useEvents } from '~/shell/connection';
import { useProject } from '~/shell/use-project';
import { storyQuery } from './story';
import { tell, type Told } from './told';

const nothing: ReadonlyMap<number, Told> = new Map();

/** What the steps of an operation have told so far, and tell as they run. */
export function useTold(id: string): ReadonlyMap<number, Told> {
  const project = useProject();
  const kept = useQuery(storyQuery(id, project)).data;
  const [heard, setHeard] = useState<readonly Event[]>([]);
  useEvents(
    useCallback(
      (event: Event) => {
        if (event.operationId === id && event.type === 'step.progress') setHeard((before) => [...before, event].slice(-500));
      },
      [id],
    ),
  );
  return useMemo(() => {
    const last = kept?.at(-1)?.seq ?? 0;
    return tell(nothing, [...(kept ?? []), ...heard.filter(({ seq }) => seq > last)]);
  }, [kept, heard]);
}
