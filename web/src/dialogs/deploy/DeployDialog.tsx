import { Anchor } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, type Schema } from '~/api/client';
import { releasesQuery } from '~/api/queries/releases';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { mannerBody, mannerFlags, usually, type Manner } from '~/dialogs/parts/manner';
import { MannerFields } from '~/dialogs/parts/MannerFields';
import { PreviewOf } from '~/dialogs/parts/PreviewOf';
import { ReleaseField } from '~/dialogs/parts/ReleaseField';
import { useLead } from '~/dialogs/parts/use-lead';
import { useChange } from '~/dialogs/parts/use-change';
import { useSure } from '~/dialogs/parts/use-sure';
import { whyNotYet } from '~/dialogs/parts/why-not-yet';
import { useDialog } from '~/dialogs/use-dialog';
import { ConfirmName } from '~/parts/ConfirmName';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Brings a release into an environment. */
export function DeployDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const { open } = useDialog();
  const newest = list(useInfiniteQuery(releasesQuery(project, 200)).data?.pages[0]?.items)[0]?.version ?? null;
  const [environment, setEnvironment] = useState(preset.environment ?? null);
  const [chosen, setVersion] = useState(preset.version ?? null);
  const [manner, setManner] = useState<Manner>(usually);
  const sure = useSure(environment);
  const version = chosen ?? newest;
  const change = useChange<Schema<'DeploymentPreview'>, Schema<'Deployment'>, { to: string; request: Schema<'DeploymentRequest'> }>({
    name: 'deploy',
    body: environment === null || version === null ? undefined : { to: environment, request: { version, ...mannerBody(manner) } },
    send: ({ to, request }, { signal, ...how }) =>
      answer(api.POST('/api/system/environments/{id}/deploy', { params: { path: { id: to }, ...how }, body: request, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.deployment(id)),
  });
  const { preview } = change;
  return (
    <DialogFrame title={environment === null ? t.deploy.title : t.deploy.to(environment)} onClose={onClose} wide>
      <EnvironmentField
        label={t.environment}
        value={environment}
        onChange={(name) => {
          setEnvironment(name);
          setManner(usually);
        }}
      />
      <ReleaseField value={version} onChange={setVersion} environment={environment} />
      {environment !== null && (
        <>
          <MannerFields
            key={environment}
            environment={environment}
            manner={manner}
            onChange={(change) => setManner((before) => ({ ...before, ...change }))}
            gate={preview.answer?.gate}
          />
          <PreviewOf preview={preview} />
          {sure.asks && <ConfirmName key={`sure of ${environment}`} name={environment} onMatch={sure.tell} />}
          <Anchor component="button" type="button" ta="start" onClick={() => open('schedule', { environment, version: version ?? undefined })}>
            {t.deploy.later}
          </Anchor>
        </>
      )}
      <DialogEnd
        does={preview.answer?.gate.requiresApproval ? t.deploy.ask : t.deploy.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={environment === null ? t.chooseEnvironment : whyNotYet(t, preview, sure.sure, environment)}
        command={environment === null || version === null ? undefined : commandLine(project, 'deploy', environment, version, ...mannerFlags(manner))}
      />
    </DialogFrame>
  );
}
