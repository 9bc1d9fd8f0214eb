import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import type { Schema } from '~/api/client';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';

/** A token that was just made. It closes by its button alone: what is not copied then is lost. */
export function ShownOnce({ token: { name, token }, onClose }: { token: Schema<'CreatedToken'>; onClose: () => void }) {
  const t = useText().tokens;
  return (
    <Modal opened onClose={onClose} title={t.once(name)} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false} size="lg">
      <Stack gap="lg">
        <Alert variant="outline" color="yellow" icon={<Icon name="warn" />}>
          {t.onceSays}
        </Alert>
        <Group gap="sm" wrap="nowrap">
          <Code block style={{ flexGrow: 1, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {token}
          </Code>
          <CopyButton value={token}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy} leftSection={<Icon name={copied ? 'check' : 'copy'} />} data-autofocus style={{ flexShrink: 0 }}>
                {copied ? t.copied : t.copy}
              </Button>
            )}
          </CopyButton>
        </Group>
        <div>
          <Text size="sm" c="dimmed" mb={4}>
            {t.use}
          </Text>
          <CommandToCopy command={`export LOCKSTEP_SERVER=${window.location.origin} LOCKSTEP_TOKEN=…`} />
        </div>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
