import { Alert, Button, Checkbox, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import type { TabProps } from '../tabs';
import { useTabSearch } from '../use-tab-search';
import { plain } from './ansi';
import { Filters } from './Filters';
import { Lines } from './Lines';
import { logCommand, logSearch, streamOf } from './log-search';
import { LogStore, most, type LogLine } from './log-store';

/** What an environment's programs write, as they write it. */
export function LogsTab({ environment }: TabProps) {
  const { environment: { logs: t, loading }, parts } = useText();
  const f = useFormat();
  const project = useProject();
  const [search, setSearch] = useTabSearch(logSearch);
  const address = streamOf(environment, project, search);
  const store = useMemo(() => new LogStore(address), [address]);
  const state = useSyncExternalStore(store.subscribe, store.read);
  const linked = search.line;
  useEffect(() => {
    if (linked !== undefined) store.pause(true);
    return store.follow();
  }, [store, linked]);
  const text = () => state.lines.map(asText).join('\n');
  const going = state.connected && !state.paused;
  const gone = linked !== undefined && state.caughtUp && !state.lines.some(({ cursor }) => cursor === linked);
  // From a line that is linked to, or from a range that is over, to what is written now.
  const goOn = () => {
    if (state.ended) setSearch({ line: undefined, since: undefined, until: undefined });
    else if (linked === undefined) store.pause(false);
    else setSearch({ line: undefined });
  };
  return (
    <Section
      title={t.title}
      flush
      actions={
        <Group gap="xs">
          <Checkbox size="xs" label={t.wrap} checked={search.wrap ?? false} onChange={({ currentTarget: { checked } }) => setSearch({ wrap: checked || undefined })} />
          <CopyButton value={state.lines.length > 0 ? text() : ''}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />} disabled={state.lines.length === 0} onClick={copy}>
                {copied ? parts.copied : parts.copy}
              </Button>
            )}
          </CopyButton>
          <Button size="compact-sm" variant="default" leftSection={<Icon name="download" size={14} />} disabled={state.lines.length === 0} onClick={() => download(`${environment}.log`, `${text()}\n`)}>
            {t.download}
          </Button>
          {linked !== undefined && (
            <CopyButton value={window.location.href}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" leftSection={<Icon name={copied ? 'check' : 'link'} size={14} />} onClick={copy}>
                  {copied ? parts.copied : t.copyLink}
                </Button>
              )}
            </CopyButton>
          )}
          <Button size="compact-sm" variant="default" leftSection={<Icon name={state.paused || state.ended ? 'play' : 'pause'} size={14} />} onClick={() => (state.paused || state.ended ? goOn() : store.pause(true))}>
            {state.ended ? t.toLive : state.paused ? t.resume : t.pause}
          </Button>
        </Group>
      }
    >
      <Stack gap={0}>
        <Filters environment={environment} search={search} onChange={setSearch} />
        {state.problem && (
          <div style={{ padding: '0 16px 12px' }}>
            <ProblemNote error={state.problem} />
          </div>
        )}
        {state.lostBytes > 0 && (
          <Alert variant="outline" color="yellow" mx="lg" mb="sm" py="xs" icon={<Icon name="warn" />}>
            {t.lost(f.bytes(state.lostBytes))}
          </Alert>
        )}
        {gone && (
          <Alert variant="outline" color="yellow" mx="lg" mb="sm" py="xs" icon={<Icon name="warn" />}>
            {t.lineGone}
          </Alert>
        )}
        {state.lines.length === 0 && !state.problem && !state.caughtUp && <Waiting for={loading.logs} />}
        {state.lines.length === 0 && state.caughtUp && (
          <Empty title={state.ended ? t.noneInRange : t.none} says={state.ended ? t.noneInRangeSays : t.noneSays}>
            <CommandToCopy command={logCommand(environment, project, search)} />
          </Empty>
        )}
        {state.lines.length > 0 && <Lines lines={state.lines} wrap={search.wrap ?? false} linked={linked} paused={state.paused} onPause={store.pause} onLink={(line) => setSearch({ line })} />}
        <Group justify="space-between" px="lg" py="sm" gap="sm" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          <Text size="sm" c="dimmed" className="figures" role="status">
            {t.count(f.number(state.lines.length))} {state.lines.length === most && t.full} {going ? t.live : ''} {state.ended && search.until && t.ended(f.exact(search.until))}
          </Text>
          {state.paused && state.waiting > 0 && (
            <Button size="compact-sm" leftSection={<Icon name="down" size={14} />} onClick={goOn}>
              {t.waiting(f.number(state.waiting))}
            </Button>
          )}
        </Group>
      </Stack>
    </Section>
  );
}

function asText(line: LogLine): string {
  return `${line.at} ${line.instance} ${plain(line.text)}`;
}

function download(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
