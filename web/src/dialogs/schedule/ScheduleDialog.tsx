import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deploymentQuery } from '~/api/queries/deployments';
import { schedulesQuery } from '~/api/queries/schedules';
import type { DialogProps } from '~/dialogs/Dialogs';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { AtATime } from './AtATime';
import { ByRule } from './ByRule';
import { Move } from './Move';

/** A deployment at a time, or a rule by which deployments are made; and the change of one that is there. */
export function ScheduleDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs.schedule;
  const [way, setWay] = useState<'time' | 'rule'>('time');
  if (preset.id !== undefined) return <Existing id={preset.id} onClose={onClose} />;
  return (
    <DialogFrame title={preset.environment === undefined ? t.title : t.to(preset.environment)} onClose={onClose} wide>
      <SegmentedControl
        fullWidth
        aria-label={t.when}
        data={[
          { value: 'time', label: t.once },
          { value: 'rule', label: t.again },
        ]}
        value={way}
        onChange={(value) => setWay(value === 'rule' ? 'rule' : 'time')}
      />
      {way === 'time' ? <AtATime preset={preset} onClose={onClose} /> : <ByRule preset={preset} onClose={onClose} />}
    </DialogFrame>
  );
}

function Existing({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText().dialogs.schedule;
  const project = useProject();
  const schedules = useQuery(schedulesQuery(project));
  const schedule = schedules.data?.find((s) => s.id === id || s.name === id);
  const deployment = useQuery({ ...deploymentQuery(id), enabled: schedules.isSuccess && schedule === undefined });
  const title = schedule ? t.change(schedule.name) : t.move(deployment.data?.version ?? '', deployment.data?.environment ?? '');
  return (
    <DialogFrame title={schedule || deployment.data ? title : t.title} onClose={onClose} wide>
      {schedule ? (
        <ByRule preset={{}} id={schedule.id} onClose={onClose} />
      ) : deployment.data ? (
        <Move deployment={deployment.data} onClose={onClose} />
      ) : schedules.error || deployment.error ? (
        <ProblemNote error={schedules.error ?? deployment.error} />
      ) : (
        <Waiting for={t.what} />
      )}
    </DialogFrame>
  );
}
