import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once } from '~/api/client';
import { syncQuery } from '~/api/queries/syncs';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { StatusBadge } from '~/parts/StatusBadge';
import { Hash } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** One sync with every change that it made; and taking it back. */
export function OneSync({ id, onClose }: { id: string; onClose: () => void }) {
  const text = useText();
  const t = text.compare.history;
  const project = useProject();
  const sync = useQuery(syncQuery(id, project));
  const [asking, setAsking] = useState(false);
  const undo = useMutation({
    mutationFn: () => answer(api.POST('/api/system/syncs/{id}/undo', { params: { path: { id }, query: { project }, header: once() } })),
    onSuccess: () => setAsking(false),
  });
  const of = sync.data;
  const done = (of?.changes ?? []).filter(({ status }) => status !== 'skipped');
  return (
    <Modal opened onClose={onClose} title={of ? t.one(of.source, of.target) : t.title} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      {sync.error && <ProblemNote error={sync.error} onRetry={() => void sync.refetch()} />}
      {sync.isPending && <Waiting for={t.what} />}
      {of && (
        <Stack gap="md">
          <Facts
            rows={[
              [t.columns.status, of.undone ? t.undone(of.undone.by) : <StatusBadge key="status" status={of.status} />],
              [t.columns.when, <Ago key="when" at={of.startedAt} exact />],
              [t.columns.by, of.startedBy],
              [t.columns.type, (text.sync.types as Partial<Record<string, string>>)[of.syncType] ?? of.syncType],
              [t.version, of.newVersion],
              [t.note, of.options?.description],
              [t.deployment, of.deploymentId && <Go key="deployment" to={addresses.deployment(of.deploymentId)}><Hash value={of.deploymentId.slice(-12)} length={12} /></Go>],
            ]}
          />
          {of.error && <ProblemNote error={new Error(of.error)} />}
          <Changes changes={done} />
          {asking && <Text>{t.undoSays(of.target)}</Text>}
          <CommandToCopy command={`lockstep sync ${asking ? 'undo' : 'show'} ${of.id.slice(-12)}`} />
          <ProblemNote error={undo.error} />
          {of.status === 'completed' && !of.undone && (
            <Group justify="flex-end" gap="sm">
              {asking && (
                <Button variant="default" onClick={() => setAsking(false)}>
                  {text.parts.cancel}
                </Button>
              )}
              <Allowed needs="write" variant={asking ? 'filled' : 'default'} loading={undo.isPending} onClick={() => (asking ? undo.mutate() : setAsking(true))}>
                {asking ? t.undoYes : t.undo}
              </Allowed>
            </Group>
          )}
        </Stack>
      )}
    </Modal>
  );
}
