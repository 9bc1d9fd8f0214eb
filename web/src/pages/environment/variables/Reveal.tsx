import { ActionIcon, Button, Popover, Stack, Text, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answer, api } from '~/api/client';
import { useMay } from '~/api/session';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import { slotOf } from './slot';

const shownFor = 30_000;

interface Revealed {
  value: string | undefined;
  hide: () => void;
  ask: () => void;
  asking: boolean;
  error: unknown;
}

/** A secret's value, asked for by name, so that no other one is shown or noted; and forgotten after a while. */
export function useReveal(environment: string, key: string, slot: string, project: string | undefined): Revealed {
  const [value, setValue] = useState<string>();
  const ask = useMutation({
    mutationFn: () =>
      answer(api.GET('/api/system/environments/{id}/variables', { params: { path: { id: environment }, query: { project, key, includeSecrets: true } } })),
    onSuccess: ({ variables }) => setValue(variables.find((variable) => slotOf(variable) === slot)?.value ?? ''),
    gcTime: 0,
  });
  const { reset, mutate } = ask;
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(() => {
      setValue(undefined);
      reset();
    }, shownFor);
    return () => clearTimeout(timer);
  }, [value, reset]);
  return {
    value,
    hide: () => {
      setValue(undefined);
      reset();
    },
    ask: () => mutate(),
    asking: ask.isPending,
    error: ask.error,
  };
}

/** Asks before a secret is shown, and says that it is noted. */
export function Reveal({ name, reveal }: { name: string; reveal: Revealed }) {
  const text = useText();
  const t = text.variables.reveal;
  const may = useMay('reveal');
  const [open, setOpen] = useState(false);
  if (!may) {
    return (
      <Tooltip label={text.parts.mayNot.reveal}>
        <ActionIcon variant="subtle" color="gray" aria-label={t.show(name)} aria-description={text.parts.mayNot.reveal} data-disabled aria-disabled>
          <Icon name="eye" />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Popover opened={open} onChange={setOpen} width={280} withArrow trapFocus position="bottom-start">
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.show(name)} onClick={() => setOpen(true)}>
          <Icon name="eye" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" style={{ whiteSpace: 'normal' }}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {t.asks(name)}
          </Text>
          <Text size="sm" c="dimmed">
            {t.says}
          </Text>
          <ProblemNote error={reveal.error} />
          <Button size="xs" loading={reveal.asking} onClick={reveal.ask}>
            {t.yes}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
