import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { progressQuery, type Progress } from '~/api/queries/progress';
import { Ago } from '~/parts/Ago';
import { ProblemNote } from '~/parts/ProblemNote';
import { Scroll } from '~/parts/Scroll';
import { Section } from '~/parts/Section';
import { TrafficBar } from '~/parts/TrafficBar';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import classes from './Chart.module.css';
import { besideEachOther, revisionName, seriesOf, weightsOf } from './figures';

const Chart = lazy(() => import('./Chart').then(({ Chart }) => ({ default: Chart })));

const colors = { new: '--state-busy', old: '--state-idle', other: '--state-warn' } as const;

interface Props {
  id: string;
  running: boolean;
  /** How often a share has moved so far: then the figures are asked for anew. */
  shifts: number;
}

/** Which share each revision had when. */
export function Shares(props: Props) {
  return <WithProgress {...props} show={(progress) => <WeightsSection progress={progress} running={props.running} />} />;
}

/** How each revision did beside the other. */
export function Beside(props: Props) {
  return <WithProgress {...props} quiet show={(progress) => <BesideSection progress={progress} />} />;
}

function WithProgress({ id, running, shifts, show, quiet = false }: Props & { show: (progress: Progress) => ReactNode; quiet?: boolean }) {
  const t = useText().deployment.traffic;
  const project = useProject();
  const query = useQuery(progressQuery(id, running, shifts, project));
  if (query.data) return show(query.data);
  if (quiet) return null; // the section before it says what is the matter
  if (query.error) {
    return (
      <Section title={t.title}>
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      </Section>
    );
  }
  return (
    <Section title={t.title}>
      <Waiting for={t.what} />
    </Section>
  );
}

function WeightsSection({ progress, running }: { progress: Progress; running: boolean }) {
  const t = useText().deployment.traffic;
  const f = useFormat();
  const { moments, shares } = useMemo(() => weightsOf(progress, running), [progress, running]);
  const lines = useMemo(() => shares.map(({ name, role, values }) => ({ label: t.role(name, role), values, color: colors[role], area: true })), [shares, t]);
  const percent = useMemo(() => (value: number) => f.percent(value), [f]);
  const now = progress.weights.at(-1)?.shares ?? [];
  const ids = progress.weights.flatMap(({ shares }) => shares);
  return (
    <Section title={t.weights}>
      {shares.length === 0 ? (
        <Text c="dimmed">{t.noShares}</Text>
      ) : (
        <>
          <Text size="sm" c="dimmed" mb={4}>
            {running ? t.now : t.atTheEnd}
          </Text>
          <TrafficBar shares={now.map((share) => ({ name: revisionName(share, ids), weight: share.percent, incoming: share.role === 'new' }))} />
          <Suspense fallback={<Waiting for={t.chart} />}>
            <Chart says={`${t.weights}: ${progress.weights.map(({ at, shares }) => `${f.clock(at)} ${shares.map((s) => `${revisionName(s, ids)} ${f.percent(s.percent / 100)}`).join(', ')}`).join('; ')}`} moments={moments} lines={lines} write={percent} most={1} steps />
          </Suspense>
        </>
      )}
      {progress.heldMs !== undefined && progress.heldMs > 0 && <Text size="sm">{t.held(f.duration(progress.heldMs))}</Text>}
    </Section>
  );
}

function BesideSection({ progress }: { progress: Progress }) {
  const t = useText().deployment.traffic;
  const f = useFormat();
  const revisions = useMemo(() => besideEachOther(progress), [progress]);
  const name = (r: Progress['revisions'][number]) => t.role(revisionName(r, revisions), r.role);
  const { moments, read } = useMemo(() => seriesOf(revisions), [revisions]);
  const errors = useMemo(
    () => revisions.map((r) => ({ label: t.role(revisionName(r, revisions), r.role), values: read(r, (p) => p.errorRate), color: colors[r.role] })),
    [revisions, read, t],
  );
  const latencies = useMemo(
    () =>
      revisions.map((r) => [
        { label: 'p50', values: read(r, (p) => p.latency.p50), color: colors[r.role], dash: [2, 3] },
        { label: 'p95', values: read(r, (p) => p.latency.p95), color: colors[r.role], dash: [8, 3] },
        { label: 'p99', values: read(r, (p) => p.latency.p99), color: colors[r.role] },
      ]),
    [revisions, read],
  );
  const percent = useMemo(() => (value: number) => f.percent(value, 1), [f]);
  const ms = useMemo(() => (value: number) => `${f.number(value)} ms`, [f]);
  const slowest = Math.max(0, ...latencies.flat().flatMap(({ values }) => values.map((value) => value ?? 0)));
  const served = revisions.some(({ total }) => total.requests > 0);
  return (
    <Section title={t.beside}>
      {progress.unknown !== undefined && (
        <Text size="sm" c="var(--state-warn)" mb="sm">
          {t.unknown}: {progress.unknown}
        </Text>
      )}
      {!served ? (
        <Text c="dimmed">{t.noRequests}</Text>
      ) : (
        <div style={{ display: 'grid', gap: 20 }}>
          <Text size="sm" c="dimmed">
            {t.window} <Ago at={progress.from} exact /> – <Ago at={progress.until} exact />
          </Text>
          <Scroll label={t.beside}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{t.revision}</th>
                  <th scope="col">{t.requests}</th>
                  <th scope="col">{t.failed}</th>
                  <th scope="col">{t.errorRate}</th>
                  <th scope="col">p50</th>
                  <th scope="col">p95</th>
                  <th scope="col">p99</th>
                </tr>
              </thead>
              <tbody>
                {revisions.map((r) => (
                  <tr key={r.key}>
                    <th scope="row">{name(r)}</th>
                    <td>{f.number(r.total.requests)}</td>
                    <td>{f.number(r.total.errors)}</td>
                    <td>{f.percent(r.total.errorRate, 2)}</td>
                    <td>{ms(r.total.latency.p50)}</td>
                    <td>{ms(r.total.latency.p95)}</td>
                    <td>{ms(r.total.latency.p99)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {moments.length > 1 && (
            <Suspense fallback={<Waiting for={t.chart} />}>
              <div>
                <h3 className={classes.heading}>{t.errorRate}</h3>
                <Chart says={`${t.errorRate}: ${revisions.map((r) => `${name(r)} ${f.percent(r.total.errorRate, 2)}`).join('; ')}`} moments={moments} lines={errors} write={percent} most={0.05} height={130} />
              </div>
              <div className={classes.side}>
                {revisions.map((r, i) => (
                  <div key={r.key}>
                    <h3 className={classes.heading}>{t.latencyOf(name(r))}</h3>
                    <Chart says={`${t.latencyOf(name(r))}: p50 ${ms(r.total.latency.p50)}, p95 ${ms(r.total.latency.p95)}, p99 ${ms(r.total.latency.p99)}`} moments={moments} lines={latencies[i] ?? []} write={ms} most={slowest} height={150} />
                  </div>
                ))}
              </div>
            </Suspense>
          )}
        </div>
      )}
    </Section>
  );
}
