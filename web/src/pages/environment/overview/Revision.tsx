import { List, Stack, Text } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Section } from '~/parts/Section';
import { TrafficBar } from '~/parts/TrafficBar';
import { Hash, Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import { shares } from './shares';

/** What runs: release, configuration, how requests are shared, and what is recorded and does not run. */
export function Revision({ name, status }: { name: string; status: Schema<'StatusReport'> }) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const { revision, warm } = status;
  return (
    <Section title={t.revision.title}>
      {!revision ? (
        <Stack gap="sm">
          <Text c="dimmed">{t.revision.none}</Text>
          <CommandToCopy command={`lockstep deploy ${name}`} />
        </Stack>
      ) : (
        <Stack gap="md">
          <Facts
            rows={[
              [t.revision.release, <Go key="release" to={addresses.release(revision.content.release)}><Version version={revision.content.release} /></Go>],
              [t.revision.config, t.revision.configOf(f.number(status.runningConfig), f.number(status.latestConfig))],
              [t.revision.hash, <Hash key="hash" value={revision.hash} length={12} />],
              [t.revision.made, <span key="made"><Ago at={revision.createdAt} /> {t.revision.by(revision.createdBy)}</span>],
              [t.revision.warm, warm && <span key="warm"><Version version={warm.content.release} /> <Hash value={warm.hash} length={12} /></span>],
            ]}
          />
          <div>
            <Text size="sm" c="dimmed" mb={4}>
              {parts.traffic.title}
            </Text>
            <TrafficBar shares={shares(status, t.revision.warmShort)} />
          </div>
          {list(status.notDeployed).length > 0 && (
            <div>
              <Text size="sm" fw={600} mb={4}>
                {t.revision.notDeployed}
              </Text>
              <List size="sm" spacing={4} c="var(--state-warn)">
                {list(status.notDeployed).map((each) => (
                  <List.Item key={each}>{each}</List.Item>
                ))}
              </List>
            </div>
          )}
        </Stack>
      )}
    </Section>
  );
}
