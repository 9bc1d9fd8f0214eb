import { Alert, List, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, type Schema } from '~/api/client';
import { deploymentsQuery } from '~/api/queries/deployments';
import { environmentsQuery, statusQuery } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { schedulesQuery } from '~/api/queries/schedules';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { EnvironmentField } from '~/dialogs/parts/EnvironmentField';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { ConfirmName } from '~/parts/ConfirmName';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Stops everything in an environment and deletes its record. */
export function DestroyDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const [environment, setEnvironment] = useState(preset.environment ?? null);
  const [sureOf, setSureOf] = useState<string>();
  const change = useChange<Schema<'Operation'>, Schema<'Operation'>, { environment: string }>({
    name: 'destroy',
    body: environment === null ? undefined : { environment },
    send: ({ environment }, { signal, ...how }) =>
      answer(api.DELETE('/api/system/environments/{id}', { params: { path: { id: environment }, ...how }, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.operation(id)),
  });
  const { preview } = change;
  return (
    <DialogFrame title={environment === null ? t.destroy.title : t.destroy.of(environment)} onClose={onClose}>
      {preset.environment === undefined && <EnvironmentField label={t.environment} value={environment} onChange={setEnvironment} />}
      {environment !== null && <WhatGoes environment={environment} />}
      {preview.error && <ProblemNote error={preview.error} onRetry={preview.again} />}
      {environment !== null && !preview.error && <ConfirmName key={`sure of ${environment}`} name={environment} onMatch={(matches) => setSureOf(matches ? environment : undefined)} />}
      <DialogEnd
        does={t.destroy.do}
        needs="write"
        destroys
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={
          environment === null
            ? t.chooseEnvironment
            : preview.error
              ? t.blocked.refused
              : !preview.current
                ? t.blocked.asking
                : sureOf === environment
                  ? undefined
                  : t.blocked.name(environment)
        }
        command={environment === null ? undefined : commandLine(project, 'destroy', environment)}
      />
    </DialogFrame>
  );
}

function WhatGoes({ environment }: { environment: string }) {
  const t = useText().dialogs.destroy;
  const project = useProject();
  const record = useQuery(environmentsQuery(project)).data?.find(({ name }) => name === environment);
  const status = useQuery(statusQuery(environment, project)).data;
  const live = useQuery(liveQuery(project)).data;
  const schedules = useQuery(schedulesQuery(project)).data?.filter((s) => s.environment === environment) ?? [];
  const deployments = list(useInfiniteQuery(deploymentsQuery({ project, environment }, 200)).data?.pages[0]?.items);
  const waiting = deployments.filter((d) => d.status === 'pending' || d.status === 'pending_approval').length;
  const instances = list(status?.services).reduce((sum, { instances }) => sum + list(instances).length, 0);
  const lines = [
    record?.metadata.version ? t.runs(record.metadata.version, instances) : t.nothingRuns,
    t.configuration(status?.latestConfig ?? 0, status?.variables ?? 0),
    list(status?.addresses).length > 0 && t.addresses(list(status?.addresses).join(', ')),
    waiting > 0 && t.waiting(waiting),
    schedules.length > 0 && t.schedules(schedules.map(({ name }) => name).join(', ')),
    t.history,
  ].filter((line) => line !== false);
  return (
    <>
      {live?.environment?.name === environment && (
        <Alert color="gray" variant="outline" styles={{ root: { borderColor: 'var(--state-bad)' }, title: { color: 'var(--state-bad)' }, icon: { color: 'var(--state-bad)' } }} icon={<Icon name="warn" />} title={t.isCurrent}>
          {t.isCurrentSays(live.host)}
        </Alert>
      )}
      <div>
        <Text fw={500} mb={4}>
          {t.goes}
        </Text>
        <List size="sm" spacing={2}>
          {lines.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
        <Text size="sm" c="dimmed" mt="sm">
          {t.stays}
        </Text>
      </div>
    </>
  );
}
