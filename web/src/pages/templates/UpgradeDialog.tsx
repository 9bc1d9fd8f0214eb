import { Button, Checkbox, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once } from '~/api/client';
import { quoted } from '~/dialogs/sync/asked';
import { Allowed } from '~/parts/Allowed';
import { Changes, lineOf } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

interface Props {
  template: string;
  environment: string;
  versions: readonly string[];
  onClose: () => void;
}

/** Another version of a template where an older one was applied: a diff to review, with a choice for each conflict. */
export function UpgradeDialog({ template, environment, versions, onClose }: Props) {
  const text = useText();
  const t = text.templates.upgrade;
  const project = useProject();
  const [to, setTo] = useState(versions[0] ?? '');
  const [take, setTake] = useState<readonly string[]>([]);
  const ask = (dryRun: boolean) =>
    answer(
      api.POST('/api/system/config/templates/{id}/upgrade', {
        params: { path: { id: template }, query: { project, dryRun }, header: dryRun ? {} : once() },
        body: { environment, ...(to && { version: to }), ...(take.length > 0 && { take: [...take] }) },
      }),
    );
  const plan = useQuery({ queryKey: ['config', { project, environment, upgrade: template, to, take }], queryFn: () => ask(true), retry: false, placeholderData: (before) => before });
  const upgrade = useMutation({
    mutationFn: () => ask(false),
    onSuccess: (result) => {
      notifications.show({ message: text.templates.use.done(String(result.configVersion ?? ''), result.environment) });
      onClose();
    },
  });
  const of = plan.data;
  return (
    <Modal opened onClose={onClose} title={t.title(template, environment)} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <Group gap="md" align="flex-end">
          <Select label={t.to} value={to} data={[...versions]} onChange={(next) => setTo(next ?? to)} allowDeselect={false} w={140} />
          {of && <Text c="dimmed">{t.versions(of.from, of.version)}</Text>}
        </Group>
        {plan.error && <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.isPending && <Waiting for={t.changes} />}
        {of && (
          <>
            {of.conflicts.length > 0 && (
              <section aria-label={t.conflicts}>
                <Text fw={600}>{t.conflicts}</Text>
                <Text size="sm" c="dimmed">
                  {t.conflictSays}
                </Text>
                <Sides
                  rows={of.conflicts.map(({ path, is, made, wants, taken }) => ({
                    cells: [path, lineOf(is), lineOf(made), lineOf(wants)],
                    choice: <Checkbox label={t.take(path)} checked={taken} onChange={({ currentTarget: { checked } }) => setTake(checked ? [...take, path] : take.filter((one) => one !== path))} />,
                  }))}
                />
              </section>
            )}
            <section aria-label={t.changes}>
              <Text fw={600}>{t.changes}</Text>
              {of.changes.length === 0 ? <Text c="dimmed">{t.nothing}</Text> : <Changes changes={of.changes} />}
            </section>
            {of.kept.length > 0 && (
              <section aria-label={t.kept}>
                <Text fw={600}>{t.kept}</Text>
                {of.kept.map(({ path, is }) => (
                  <Text key={path} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    <code>{path}</code> = <code>{lineOf(is)}</code>
                  </Text>
                ))}
              </section>
            )}
          </>
        )}
        <CommandToCopy command={`lockstep template upgrade ${environment} ${template} --version ${to}${take.map((path) => ` --take ${quoted(path)}`).join('')}`} />
        <ProblemNote error={upgrade.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" disabled={!of || plan.isFetching} loading={upgrade.isPending} onClick={() => upgrade.mutate()}>
            {t.upgrade}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}

function Sides({ rows }: { rows: readonly { cells: readonly string[]; choice: React.ReactNode }[] }) {
  const t = useText().templates.upgrade.columns;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {[t.path, t.is, t.made, t.wants].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ cells, choice }) => (
            <Table.Tr key={cells[0]}>
              {cells.map((cell, i) => (
                <Table.Td key={`${i} ${cell}`}>
                  <code>{cell}</code>
                </Table.Td>
              ))}
              <Table.Td>{choice}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
