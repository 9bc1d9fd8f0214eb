import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, randomKey } from '~/api/client';
import type { Schedule } from '~/api/queries/schedules';
import { Allowed } from '~/parts/Allowed';
import { ProblemNote } from '~/parts/ProblemNote';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Keeps a rule from firing, or lets it fire again. */
export function Pause({ rule: { id, name, paused } }: { rule: Schedule }) {
  const t = useText().schedules;
  const project = useProject();
  const [intention, intend] = useState(randomKey);
  const turn = useMutation({
    mutationFn: () => {
      const params = { path: { id }, query: { project }, header: once(intention) };
      return answer(paused ? api.POST('/api/system/schedules/{id}/resume', { params }) : api.POST('/api/system/schedules/{id}/pause', { params }));
    },
    onSuccess: () => intend(randomKey()),
    onError: (error) => notifications.show({ message: <ProblemNote error={error} />, autoClose: false }),
  });
  return (
    <Allowed needs="write" size="compact-sm" variant="default" aria-label={paused ? t.resumeOf(name) : t.pauseOf(name)} loading={turn.isPending} onClick={() => turn.mutate()}>
      {paused ? t.resume : t.pause}
    </Allowed>
  );
}
