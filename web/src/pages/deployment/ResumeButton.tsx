import { Button, Popover, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { useIntention } from '~/dialogs/parts/use-intention';
import { Allowed } from '~/parts/Allowed';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** Ends a pause, with a word about it where somebody has one. */
export function ResumeButton({ id, step }: { id: string; step: number }) {
  const t = useText();
  const project = useProject();
  const intend = useIntention();
  const [opened, setOpened] = useState(false);
  const [comment, setComment] = useState('');
  const resume = useMutation({
    mutationFn: () => {
      const body = { step, ...(comment.trim() !== '' && { comment: comment.trim() }) };
      return answer(api.POST('/api/system/deployments/{id}/resume', { params: { path: { id }, query: { project }, header: intend(body) }, body }));
    },
    onSuccess: () => setOpened(false),
  });
  return (
    <Popover opened={opened} onChange={setOpened} width={300} position="bottom-end" trapFocus withRoles>
      <Popover.Target>
        <Button leftSection={<Icon name="play" />} onClick={() => setOpened((before) => !before)}>
          {t.deployment.resume}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <TextInput label={t.deployment.resumeNote} value={comment} onChange={({ currentTarget: { value } }) => setComment(value)} />
          <ProblemNote error={resume.error} />
          <Allowed needs="write" loading={resume.isPending} onClick={() => resume.mutate()}>
            {t.deployment.resumeDo}
          </Allowed>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
