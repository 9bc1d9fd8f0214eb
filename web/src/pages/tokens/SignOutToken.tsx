import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, randomKey } from '~/api/client';
import type { Token } from '~/api/queries/tokens';
import { useSession } from '~/api/session';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';

/** Ends every session of a token, which goes on to hold. */
export function SignOutToken({ token: { id, name }, onClose }: { token: Token; onClose: () => void }) {
  const texts = useText();
  const t = texts.tokens;
  const mine = useSession()?.name === name;
  const [intention] = useState(randomKey);
  const signOut = useMutation({
    mutationFn: () => answer(api.DELETE('/api/system/tokens/{id}/sessions', { params: { path: { id }, header: once(intention) } })),
    onSuccess: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={t.signOutTitle(name)} closeButtonProps={{ 'aria-label': texts.parts.close }}>
      <Stack gap="lg">
        <Text>{t.signOutSays}</Text>
        {mine && (
          <Alert variant="outline" color="yellow" icon={<Icon name="warn" />}>
            {t.signOutOwn}
          </Alert>
        )}
        <CommandToCopy command={`lockstep token sign-out ${name}`} />
        <ProblemNote error={signOut.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.parts.cancel}
          </Button>
          <Button loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t.signOut}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
