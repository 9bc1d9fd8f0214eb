import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schema } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { projectsQuery } from '~/api/queries/projects';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { mannerBody, mannerFlags, usually, type Manner } from '~/dialogs/parts/manner';
import { MannerFields } from '~/dialogs/parts/MannerFields';
import { PreviewOf } from '~/dialogs/parts/PreviewOf';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { useSure } from '~/dialogs/parts/use-sure';
import { whyNotYet } from '~/dialogs/parts/why-not-yet';
import { ConfirmName } from '~/parts/ConfirmName';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Brings what runs in one environment into another: by default from the stage before. */
export function PromoteDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const environments = useQuery(environmentsQuery(project)).data;
  const projects = useQuery(projectsQuery).data;
  const pipeline = projects?.find(({ name }) => name === environments?.[0]?.project)?.pipeline ?? [];
  const next = preset.environment ?? (preset.source === undefined ? undefined : pipeline[pipeline.indexOf(preset.source) + 1]);
  const [chosenTo, setTo] = useState<string | null>();
  const [chosenFrom, setFrom] = useState<string | null>();
  const [manner, setManner] = useState<Manner>(usually);
  const to = chosenTo === undefined ? (next ?? null) : chosenTo;
  const before = to === null ? undefined : pipeline[pipeline.indexOf(to) - 1];
  const from = chosenFrom === undefined ? (preset.source ?? before ?? null) : chosenFrom;
  const sure = useSure(to);
  const change = useChange<Schema<'DeploymentPreview'>, Schema<'Deployment'>, { to: string; request: Schema<'PromotionRequest'> }>({
    name: 'promote',
    body: to === null || from === null ? undefined : { to, request: { from, ...mannerBody(manner) } },
    send: ({ to, request }, { signal, ...how }) =>
      answer(api.POST('/api/system/environments/{id}/promote', { params: { path: { id: to }, ...how }, body: request, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.deployment(id)),
  });
  const { preview } = change;
  return (
    <DialogFrame title={to === null ? t.promote.title : t.promote.to(to)} onClose={onClose} wide>
      <EnvironmentField label={t.promote.from} value={from} onChange={setFrom} without={to} />
      <EnvironmentField label={t.promote.into} value={to} onChange={setTo} without={from} />
      {to !== null && from !== null && (
        <>
          <MannerFields
            key={to}
            environment={to}
            manner={manner}
            onChange={(change) => setManner((before) => ({ ...before, ...change }))}
            gate={preview.answer?.gate}
          />
          <PreviewOf preview={preview} />
          {sure.asks && <ConfirmName key={`sure of ${to}`} name={to} onMatch={sure.tell} />}
        </>
      )}
      <DialogEnd
        does={preview.answer?.gate.requiresApproval ? t.promote.ask : t.promote.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={to === null || from === null ? t.chooseEnvironment : whyNotYet(t, preview, sure.sure, to)}
        command={to === null || from === null ? undefined : commandLine(project, 'promote', from, to, ...mannerFlags(manner))}
      />
    </DialogFrame>
  );
}
