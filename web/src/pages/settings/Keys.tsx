import { Alert, Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, once, randomKey } from '~/api/client';
import { keyStatusQuery, rotates, type KeyStatus } from '~/api/queries/key-status';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Facts } from '~/parts/Facts';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useFormat, useText } from '~/text/text';

/** The keys that secrets are sealed with, and their change to new ones. */
export function Keys() {
  const t = useText().settings.keys;
  const status = useQuery(keyStatusQuery);
  const [asking, { open, close }] = useDisclosure(false);
  const going = rotates(status.data);
  return (
    <Section
      title={t.title}
      actions={
        <Allowed needs="keys" size="compact-sm" variant="default" onClick={open} blocked={going ? t.going : undefined}>
          {t.rotate}
        </Allowed>
      }
    >
      {status.isPending ? (
        <Waiting for={t.title} />
      ) : status.error ? (
        <ProblemNote error={status.error} onRetry={() => void status.refetch()} />
      ) : (
        <State status={status.data} />
      )}
      {asking && <Rotate onClose={close} />}
    </Section>
  );
}

function State({ status }: { status: KeyStatus }) {
  const t = useText().settings.keys;
  const f = useFormat();
  const { keyset, sealed, holders, left } = status;
  if (!keyset) return <Text c="dimmed">{t.none}</Text>;
  const values = Object.values(sealed).reduce((sum, n) => sum + n, 0);
  const primary = list(keyset.keys).find((each) => each.primary);
  const faults = list(holders).filter(({ fault }) => fault !== undefined && fault !== '');
  const behind = list(holders).filter(({ generation }) => generation < keyset.generation);
  return (
    <Stack gap="md">
      <Facts
        rows={[
          [t.wrapper, keyset.wrapper],
          [t.generation, f.number(keyset.generation)],
          [t.since, primary && <Ago key="since" at={primary.createdAt} />],
          [t.sealed, t.values(f.number(values))],
          [t.holders, t.holdersOf(f.number(list(holders).length - behind.length), f.number(list(holders).length))],
          [t.lastRotation, keyset.rotation?.endedAt === undefined ? undefined : <Ago key="last" at={keyset.rotation.endedAt} />],
        ]}
      />
      {faults.map(({ holder, fault }) => (
        <Alert key={holder} variant="outline" color="red" icon={<Icon name="warn" />} title={t.fault(holder)}>
          {fault}
        </Alert>
      ))}
      {rotates(status) && keyset.rotation && <HowFar phase={keyset.rotation.phase} left={left} total={keyset.rotation.total} />}
    </Stack>
  );
}

function HowFar({ phase, left, total }: { phase: string; left: number; total: number }) {
  const t = useText().settings.keys;
  const f = useFormat();
  const phases: Partial<Record<string, string>> = t.phases;
  const says = `${phases[phase] ?? phase} ${t.left(f.number(total - left), f.number(total))}`;
  return (
    <div role="status">
      <Text size="sm" mb={4} className="figures">
        {says}
      </Text>
      <Progress.Root size={6}>
        <Progress.Section value={total === 0 ? 100 : ((total - left) / total) * 100} aria-label={t.rotate} aria-valuetext={says} />
      </Progress.Root>
    </div>
  );
}

function Rotate({ onClose }: { onClose: () => void }) {
  const texts = useText();
  const t = texts.settings.keys;
  const queries = useQueryClient();
  const [intention] = useState(randomKey);
  const rotate = useMutation({
    mutationFn: () => answer(api.POST('/api/system/keys/rotate', { params: { header: once(intention) } })),
    onSuccess: (status) => {
      queries.setQueryData(keyStatusQuery.queryKey, status);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t.rotateTitle} closeButtonProps={{ 'aria-label': texts.parts.close }}>
      <Stack gap="lg">
        <Text>{t.rotateSays}</Text>
        <CommandToCopy command="lockstep keys rotate" />
        <ProblemNote error={rotate.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {texts.parts.cancel}
          </Button>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()} data-autofocus>
            {t.rotate}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
