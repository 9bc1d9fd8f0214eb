import { useQuery } from '@tanstack/react-query';
import { infoQuery } from '~/api/queries/projects';
import { list } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { useFormat, useText } from '~/text/text';

const databases: Partial<Record<string, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };

/** What the server is, and its agent: what keeps the apps and answers for environments. */
export function Server() {
  const t = useText().settings;
  const f = useFormat();
  const info = useQuery(infoQuery);
  if (info.isPending) return <Waiting for={t.server} />;
  if (info.error) return <ProblemNote error={info.error} onRetry={() => void info.refetch()} />;
  const { version, database, dataDir, hostId, uptimeMs, counts, agent } = info.data;
  const runs = agent.state === 'running';
  return (
    <>
      <Section title={t.server}>
        <Facts
          rows={[
            [t.version, <Version key="version" version={version} />],
            [t.database, databases[database] ?? database],
            [t.dataDir, dataDir],
            [t.host, hostId],
            [t.upFor, f.duration(uptimeMs)],
            [t.holds, t.counts(f.number(counts.environments), f.number(counts.releases), f.number(counts.deployments), f.number(counts.events))],
          ]}
        />
      </Section>
      <Section title={t.agent}>
        <Facts
          rows={[
            [
              t.state,
              <span key="state" style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
                <Icon name={runs ? 'check' : 'warn'} style={{ color: runs ? 'var(--state-ok)' : 'var(--state-warn)' }} />
                {t.agentStates[agent.state] ?? agent.state}
              </span>,
            ],
            [t.why, agent.reason],
            [t.process, agent.pid === undefined ? undefined : String(agent.pid)],
            [t.edge, agent.edge],
            [t.edgeTls, agent.edgeTls],
            [t.limits, agent.limits],
          ]}
        />
        {list(agent.certificates).map((certificate) => (
          <Facts
            key={certificate.domain}
            rows={[
              [t.certificate, certificate.domain],
              [t.certificateEnds, certificate.until === undefined ? undefined : <Ago key="ends" at={certificate.until} />],
              [t.why, certificate.problem],
            ]}
          />
        ))}
      </Section>
    </>
  );
}
