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

/** Ends a token, once it is clear whose. */
export function RevokeToken({ token: { id, name }, onClose }: { token: Token; onClose: () => void }) {
  const texts = useText();
  const t = texts.tokens;
  const mine = useSession()?.name === name;
  const [intention] = useState(randomKey);
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE('/api/system/tokens/{id}', { params: { path: { id }, header: once(intention) } })),
    onSuccess: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={t.revokeTitle(name)} closeButtonProps={{ 'aria-label': texts.parts.close }}>
      <Stack gap="lg">
        <Text>{t.revokeSays}</Text>
        {mine && (
          <Alert variant="outline" color="yellow" icon={<Icon name="warn" />}>
            {t.revokeOwn}
          </Alert>
        )}
        <CommandToCopy command={`lockstep token revoke ${name}`} />
        <ProblemNote error={revoke.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.parts.cancel}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t.revokeOf(name)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
