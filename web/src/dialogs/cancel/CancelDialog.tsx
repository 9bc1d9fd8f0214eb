import { Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, randomKey } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { operationQuery, operationsQuery } from '~/api/queries/operations';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { OperationSummary } from '~/dialogs/parts/OperationSummary';
import { useLead } from '~/dialogs/parts/use-lead';
import { Empty } from '~/parts/Empty';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Ends what runs or waits, and undoes what it has done. */
export function CancelDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const [key] = useState(randomKey);
  const open = useQuery({ ...operationsQuery(project, preset.environment), enabled: preset.id === undefined });
  const id = preset.id ?? open.data?.[0]?.id;
  const query = useQuery({ ...operationQuery(id ?? ''), enabled: id !== undefined });
  const operation = query.data;
  const environment = useQuery(environmentsQuery(project)).data?.find((e) => e.id === operation?.environmentId)?.name ?? preset.environment ?? '';
  const cancel = useMutation({
    mutationFn: (operationId: string) =>
      answer(api.POST('/api/system/operations/{id}/cancel', { params: { path: { id: operationId }, query: { project }, header: once(key) } })),
    onSuccess: ({ id, kind }) => lead(kind === 'deploy' ? addresses.deployment(id) : addresses.operation(id)),
  });
  if (id === undefined && !open.isPending) {
    return (
      <DialogFrame title={t.cancel.title} onClose={onClose}>
        {open.error ? <ProblemNote error={open.error} onRetry={() => void open.refetch()} /> : <Empty title={t.cancel.nothing} says={t.cancel.nothingSays} />}
      </DialogFrame>
    );
  }
  const done = operation?.completedAt !== undefined;
  return (
    <DialogFrame title={t.cancel.title} onClose={onClose}>
      {query.error && <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {!operation && !query.error && <Waiting for={t.cancel.what} />}
      {operation && (
        <>
          <OperationSummary operation={operation} environment={environment} />
          <Text size="sm">{operation.status === 'running' ? t.cancel.running : t.cancel.waiting}</Text>
        </>
      )}
      <DialogEnd
        does={operation?.status === 'running' ? t.cancel.takeBack : t.cancel.do}
        needs="write"
        destroys={false}
        onClose={onClose}
        onConfirm={() => operation && cancel.mutate(operation.id)}
        pending={cancel.isPending}
        error={cancel.error}
        blocked={!operation ? t.blocked.asking : done ? t.cancel.over : operation.cancelRequested ? t.cancel.asked : undefined}
        command={operation && commandLine(project, 'cancel', operation.id)}
      />
    </DialogFrame>
  );
}
