import { Button, Group, Paper, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Schema } from '~/api/client';
import { diffQuery } from '~/api/queries/syncs';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { classes, fitting } from './difference';
import styles from './Differences.module.css';
import { DifferenceTable } from './DifferenceTable';
import type { CompareSearch } from './route';

/** A long word on a narrow button goes on below. */
const wraps = { root: { height: 'auto', minHeight: 26, paddingBlock: 4 }, label: { height: 'auto', lineHeight: 1.3, textAlign: 'start', whiteSpace: 'normal' } } as const;
const SyncChosen = lazy(() => import('./SyncChosen').then(({ SyncChosen }) => ({ default: SyncChosen })));

interface Props {
  source: string;
  target: string;
  search: CompareSearch;
  change: (to: Partial<CompareSearch>) => void;
}

/** In what two environments differ, by class, with what can be chosen to be brought over. */
export function Differences({ source, target, search, change }: Props) {
  const t = useText().compare;
  const f = useFormat();
  const { open } = useDialog();
  const diff = useQuery(diffQuery(source, target, useProject()));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [syncing, setSyncing] = useState(false);
  if (diff.error) return <ProblemNote error={diff.error} onRetry={() => void diff.refetch()} />;
  if (!diff.data) return <Waiting for={t.what} />;
  const { differences, counts, base, same } = diff.data;
  const shown = fitting(differences, search.class, search.q);
  const paths = [...new Set(differences.filter(({ path }) => chosen.has(path)).map(({ path }) => path))];
  const specific = differences.some(({ path, class: of }) => of === 'intended' && chosen.has(path));
  const drifted = [...new Set(differences.flatMap(({ class: of, environment }) => (of === 'drifted' && environment ? [environment] : [])))];
  return (
    <Stack gap="md">
      <Group gap="xl" align="flex-start">
        <Side side={diff.data.source} />
        <Side side={diff.data.target} />
      </Group>
      <Text size="sm" c="dimmed">
        {base ? (
          <>
            {t.base(base.from, base.to, base.by)} <Ago at={base.at} />.
          </>
        ) : (
          t.noBase
        )}{' '}
        {t.same(f.number(same))}
      </Text>
      <div className={styles.classes} role="group" aria-label={t.columns.class}>
        {classes.map((name) => (
          <UnstyledButton key={name} className={styles.class} data-class={name} aria-pressed={search.class === name} onClick={() => change({ class: search.class === name ? undefined : name })}>
            <span className={styles.count}>{f.number(counts[name] ?? 0)}</span>
            <span>
              <strong>{t.classes[name].name}</strong>
              <br />
              <span className={styles.dim}>{t.classes[name].says}</span>
            </span>
          </UnstyledButton>
        ))}
      </div>
      {drifted.length > 0 && (
        <Paper withBorder p="md" style={{ borderColor: 'var(--state-warn)' }}>
          <Group gap="sm">
            <Text size="sm" fw={600}>
              <Icon name="warn" size={14} style={{ color: 'var(--state-warn)', verticalAlign: '-2px' }} /> {t.classes.drifted.name}: {t.classes.drifted.says}
            </Text>
            {drifted.map((name) => (
              <Button key={name} styles={wraps} size="compact-sm" variant="default" leftSection={<Icon name="deploy" size={14} />} onClick={() => open('deploy', { environment: name })}>
                {t.deployIt(name)}
              </Button>
            ))}
          </Group>
        </Paper>
      )}
      {differences.length === 0 ? (
        <Empty title={t.none.title} says={t.none.says} />
      ) : (
        <>
          <TextInput aria-label={t.search} placeholder={t.search} leftSection={<Icon name="search" />} value={search.q ?? ''} onChange={({ currentTarget: { value } }) => change({ q: value || undefined })} maw={480} />
          <DifferenceTable source={source} target={target} differences={shown} chosen={chosen} onChoose={setChosen} />
        </>
      )}
      <CommandToCopy command={`lockstep diff ${source} ${target}`} />
      {paths.length > 0 && (
        <Paper withBorder p="md" style={{ position: 'sticky', bottom: 8, zIndex: 2, borderColor: 'var(--state-busy)' }}>
          <Group justify="space-between" gap="sm">
            <Text fw={600} role="status">
              {t.chosen(paths.length)}
            </Text>
            <Group gap="sm">
              <Button variant="default" onClick={() => setChosen(new Set())}>
                {t.clear}
              </Button>
              <Allowed needs="write" onClick={() => setSyncing(true)}>
                {t.preview(target)}
              </Allowed>
            </Group>
          </Group>
        </Paper>
      )}
      {syncing && (
        <Suspense>
          <SyncChosen
            begin={{ source, target, include: paths, specific }}
            onClose={(done) => {
              setSyncing(false);
              if (done) setChosen(new Set());
            }}
          />
        </Suspense>
      )}
    </Stack>
  );
}

function Side({ side }: { side: Schema<'DiffSide'> }) {
  const text = useText();
  const t = text.compare;
  const f = useFormat();
  return (
    <div>
      <Text fw={600}>{side.name}</Text>
      <Text size="sm" c="dimmed">
        {text.parts.type[side.type]} · <Version version={side.release} /> · {side.running ? t.side(f.number(side.configVersion), f.number(side.running)) : t.sideIdle(f.number(side.configVersion))}
      </Text>
    </div>
  );
}
