import { Button, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { useIntention } from '~/dialogs/parts/use-intention';
import { Allowed } from '~/parts/Allowed';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Holds a running deployment before its next step, for a reason where somebody has one. */
export function PauseButton({ id }: { id: string }) {
  const t = useText().deployment;
  const project = useProject();
  const intend = useIntention();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');
  const pause = useMutation({
    mutationFn: () => {
      const body = reason.trim() === '' ? {} : { reason: reason.trim() };
      return answer(api.POST('/api/system/deployments/{id}/pause', { params: { path: { id }, query: { project }, header: intend(body) }, body }));
    },
    onSuccess: () => setOpened(false),
  });
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" trapFocus withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="pause" />} onClick={() => setOpened((before) => !before)}>
          {t.pause}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text size="sm">{t.pauseSays}</Text>
          <TextInput label={t.pauseReason} value={reason} onChange={({ currentTarget: { value } }) => setReason(value)} />
          <ProblemNote error={pause.error} />
          <Allowed needs="write" loading={pause.isPending} onClick={() => pause.mutate()}>
            {t.pauseDo}
          </Allowed>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
