import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, type Schema } from '~/api/client';
import { releasesQuery } from '~/api/queries/releases';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { mannerBody, mannerFlags, usually, type Manner } from '~/dialogs/parts/manner';
import { MannerFields } from '~/dialogs/parts/MannerFields';
import { PreviewOf } from '~/dialogs/parts/PreviewOf';
import { ReleaseField } from '~/dialogs/parts/ReleaseField';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { useSure } from '~/dialogs/parts/use-sure';
import { whyNotYet } from '~/dialogs/parts/why-not-yet';
import { ConfirmName } from '~/parts/ConfirmName';
import { useNow } from '~/parts/use-now';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { soon, TimeFields, timing, timingFlags, type When } from './TimeFields';

/** A deployment that is settled now and starts at a time. */
export function AtATime({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const newest = list(useInfiniteQuery(releasesQuery(project, 200)).data?.pages[0]?.items)[0]?.version ?? null;
  const [environment, setEnvironment] = useState(preset.environment ?? null);
  const [chosen, setVersion] = useState(preset.version ?? null);
  const [manner, setManner] = useState<Manner>(usually);
  const [when, setWhen] = useState<When>(() => soon(Date.now()));
  const sure = useSure(environment);
  const version = chosen ?? newest;
  const now = useNow(30_000);
  const asked = timing(when);
  const past = asked?.scheduledFor !== undefined && Date.parse(asked.scheduledFor) < now;
  const at = past ? undefined : asked;
  const change = useChange<Schema<'DeploymentPreview'>, Schema<'Deployment'>, { to: string; request: Schema<'DeploymentRequest'> }>({
    name: 'schedule',
    body: environment === null || version === null || at === undefined ? undefined : { to: environment, request: { version, ...mannerBody(manner), ...at } },
    send: ({ to, request }, { signal, ...how }) =>
      answer(api.POST('/api/system/environments/{id}/deploy', { params: { path: { id: to }, ...how }, body: request, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.deployment(id)),
  });
  const { preview } = change;
  return (
    <>
      <EnvironmentField label={t.environment} value={environment} onChange={setEnvironment} />
      <ReleaseField value={version} onChange={setVersion} environment={environment} />
      <TimeFields when={when} onChange={(change) => setWhen((before) => ({ ...before, ...change }))} />
      {environment !== null && (
        <>
          <MannerFields
            key={environment}
            environment={environment}
            manner={manner}
            onChange={(change) => setManner((before) => ({ ...before, ...change }))}
            gate={preview.answer?.gate}
          />
          {at !== undefined && <PreviewOf preview={preview} />}
          {sure.asks && <ConfirmName key={`sure of ${environment}`} name={environment} onMatch={sure.tell} />}
        </>
      )}
      <DialogEnd
        does={t.schedule.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={environment === null ? t.chooseEnvironment : past ? t.schedule.past : at === undefined ? t.schedule.noSuchTime : whyNotYet(t, preview, sure.sure, environment)}
        command={environment === null || version === null ? undefined : commandLine(project, 'deploy', environment, version, ...timingFlags(when), ...mannerFlags(manner))}
      />
    </>
  );
}
