import { ActionIcon, Badge, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { list } from '~/api/client';
import { change } from '~/api/queries/environment-changes';
import type { Environment } from '~/api/queries/environments';
import { useMay } from '~/api/session';
import { Allowed } from '~/parts/Allowed';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { tagOf } from './tag-of';

/** Tags are for people: to find environments by. They are not in the matrix. */
export function Tags({ environment }: { environment: Environment }) {
  const t = useText().environment;
  const project = useProject();
  const may = useMay('write');
  const [typed, setTyped] = useState('');
  const tag = tagOf(typed);
  const retag = useMutation({
    mutationFn: (what: { set: Record<string, string>; remove: string[] }) => change(environment.name, { kind: 'tag', ...what }, { project }),
    onSuccess: () => setTyped(''),
  });
  const tags = list(environment.metadata.tags);
  return (
    <Section title={t.tags.title}>
      <Stack gap="sm">
        {tags.length === 0 && <Text c="dimmed">{t.tags.none}</Text>}
        <Group gap="xs" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label={t.tags.title}>
          {tags.map((each) => (
            <li key={each}>
              <Badge
                variant="default"
                radius="sm"
                tt="none"
                fw={400}
                size="lg"
                rightSection={
                  may && (
                    <ActionIcon variant="transparent" color="gray" size="xs" aria-label={t.tags.remove(each)} onClick={() => retag.mutate({ set: {}, remove: [each.split('=')[0] ?? each] })}>
                      <Icon name="cross" size={12} />
                    </ActionIcon>
                  )
                }
              >
                {each}
              </Badge>
            </li>
          ))}
        </Group>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (tag) retag.mutate({ set: { [tag.key]: tag.value }, remove: [] });
          }}
        >
          <Group gap="sm" align="flex-end">
            <TextInput aria-label={t.tags.add} placeholder={t.tags.example} value={typed} onChange={({ currentTarget }) => setTyped(currentTarget.value)} autoCapitalize="none" spellCheck={false} disabled={!may} style={{ flex: 1 }} />
            <Allowed needs="write" type="submit" variant="default" blocked={tag ? undefined : t.tags.how} loading={retag.isPending}>
              {t.tags.set}
            </Allowed>
          </Group>
        </form>
        <ProblemNote error={retag.error} />
      </Stack>
    </Section>
  );
}
