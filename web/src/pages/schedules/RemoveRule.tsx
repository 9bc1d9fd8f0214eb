import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, randomKey } from '~/api/client';
import type { Schedule } from '~/api/queries/schedules';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Ends a rule; what it has deployed stays. */
export function RemoveRule({ rule: { id, name }, onClose }: { rule: Schedule; onClose: () => void }) {
  const texts = useText();
  const t = texts.schedules;
  const project = useProject();
  const [intention] = useState(randomKey);
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/system/schedules/{id}', { params: { path: { id }, query: { project }, header: once(intention) } })),
    onSuccess: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={t.removeTitle(name)} closeButtonProps={{ 'aria-label': texts.parts.close }}>
      <Stack gap="lg">
        <Text>{t.removeSays}</Text>
        <CommandToCopy command={`lockstep schedule delete ${name}`} />
        <ProblemNote error={remove.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.parts.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.removeOf(name)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
