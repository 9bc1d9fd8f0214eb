import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api, once } from '~/api/client';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** An old version about to become the newest: what that would change. */
export function Restore({ environment, version, onClose }: { environment: string; version: number; onClose: () => void }) {
  const text = useText();
  const t = text.configuration.versions;
  const project = useProject();
  const ask = (dryRun: boolean) =>
    answer(
      api.POST('/api/system/environments/{id}/config/restore', {
        params: { path: { id: environment }, query: { project, dryRun }, header: dryRun ? {} : once() },
        body: { version },
      }),
    );
  const plan = useQuery({ queryKey: ['config', { project, environment, restore: version }], queryFn: () => ask(true) });
  const restore = useMutation({ mutationFn: () => ask(false), onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} title={t.restoreNamed(String(version))} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <Text>{t.restoreSays(String(version))}</Text>
        {plan.error && <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.isPending && <Waiting for={t.would} />}
        {plan.data && (
          <>
            <Changes changes={plan.data.changes} />
            {plan.data.validationResult.warnings.length > 0 && (
              <Text size="sm" c="dimmed">
                {t.warnings} {plan.data.validationResult.warnings.map(({ field, message }) => `${field ?? ''}: ${message}`).join('; ')}
              </Text>
            )}
          </>
        )}
        <CommandToCopy command={`lockstep config restore ${environment} ${version}`} />
        <ProblemNote error={restore.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" disabled={!plan.data} loading={restore.isPending} onClick={() => restore.mutate()}>
            {t.restore}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}
