import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { list } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { operationQuery, outputQuery, type Operation } from '~/api/queries/operations';
import { syncQuery } from '~/api/queries/progress';
import { approvalsQuery } from '~/api/queries/approvals';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago, Took } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Hash, Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import type { Texts } from '~/text/texts';
import { Frame } from './Frame';
import { Headline } from './Headline';
import './print.css';
import { ReportButtons } from './ReportButtons';
import { ConfigChanges } from './ServiceDiffs';
import { Timeline } from './Timeline';
import { useTold } from './use-told';

/** Any other operation than a deployment: a switch, a sync, a scale, a stop … */
export function OperationPage() {
  const { id } = useParams({ from: '/shell/operations/$id' });
  const t = useText().deployment;
  const query = useQuery(operationQuery(id));
  if (query.data?.kind === 'deploy') return <Navigate to="/deployments/$id" params={{ id }} replace />;
  if (query.data) return <Shown key={id} operation={query.data} />;
  return <Page title={t.operation}>{query.error ? <ProblemNote error={query.error} onRetry={() => void query.refetch()} /> : <Waiting for={t.operationWhat} />}</Page>;
}

function titleOf(o: Operation, environment: string, t: Texts['deployment']['titles']): string {
  if (o.switch) return (o.switch.drill ? t.drill : t.switch)(o.switch.from ?? '–', o.switch.to);
  if (o.sync) return t.sync(o.sync.source, o.sync.target);
  if (o.kind === 'enable_service' || o.kind === 'disable_service') return t[o.kind](o.service ?? '', environment);
  return t[o.kind as Exclude<Operation['kind'], 'switch' | 'sync' | 'deploy' | 'enable_service' | 'disable_service'>](environment);
}

function Shown({ operation: o }: { operation: Operation }) {
  const texts = useText();
  const t = texts.deployment;
  const project = useProject();
  const { open } = useDialog();
  const told = useTold(o.id);
  const outputs = useQuery({ ...outputQuery(o.id), enabled: o.steps.some(({ kind }) => kind === 'hook') }).data;
  const asks = useQuery(approvalsQuery(project)).data?.find(({ operationId }) => operationId === o.id);
  const environment = useQuery(environmentsQuery(project)).data?.find(({ id }) => id === o.environmentId)?.name ?? o.switch?.to ?? o.sync?.target ?? '';
  const isOpen = o.status === 'pending' || o.status === 'pending_approval' || o.status === 'running';
  const blocked = asks && !asks.mayApprove ? asks.whyNot : undefined;
  return (
    <Page
      title={titleOf(o, environment === '' ? t.goneEnvironment : environment, t.titles)}
      beside={<StatusBadge status={o.status} />}
      actions={
        <Group gap="sm" className="not-on-paper">
          {o.status === 'pending_approval' && (
            <>
              <Allowed needs="approve" blocked={blocked} leftSection={<Icon name="check" />} onClick={() => open('approve', { id: o.id })}>
                {t.approve}
              </Allowed>
              <Allowed needs="approve" blocked={blocked} variant="default" onClick={() => open('reject', { id: o.id })}>
                {t.reject}
              </Allowed>
            </>
          )}
          {isOpen && (
            <Allowed needs="write" variant="default" leftSection={<Icon name="stop" />} onClick={() => open('cancel', { id: o.id })}>
              {t.cancel}
            </Allowed>
          )}
          {o.switch && !isOpen && o.status !== 'completed' && (
            <Allowed needs="write" variant="default" leftSection={<Icon name="switch" />} onClick={() => open('switch', { environment: o.switch?.to })}>
              {t.again}
            </Allowed>
          )}
          <ReportButtons address={addresses.operation(o.id)} />
        </Group>
      }
    >
      <Headline status={o.status} steps={o.steps} told={told} error={o.error} scheduledFor={o.scheduledFor} cancelRequested={o.cancelRequested ?? false} waitingFor={o.waitingFor} />
      <Frame
        main={
          <>
            <Section title={t.steps}>
              {o.steps.length > 0 ? <Timeline steps={o.steps} told={told} outputs={list(outputs)} /> : <p style={{ margin: 0, color: 'var(--mantine-color-dimmed)' }}>{t.noSteps}</p>}
            </Section>
            {o.kind === 'sync' && <Synced id={o.id} />}
          </>
        }
        aside={
          <Section title={o.completedAt === undefined ? t.facts.title : t.facts.report}>
            <Facts
              rows={[
                [t.facts.what, texts.dialogs.kind[o.kind]],
                [t.facts.environment, environment === '' ? undefined : <Go to={addresses.environment(environment)}>{environment}</Go>],
                [t.facts.from, o.switch?.from ?? o.sync?.source],
                [t.facts.release, o.switch?.version && <Version version={o.switch.version} />],
                [t.facts.revision, o.switch?.revisionHash && <Hash value={o.switch.revisionHash} length={12} />],
                [t.facts.epoch, o.switch?.epoch],
                [t.facts.service, o.service],
                [t.facts.replicas, o.kind === 'scale' ? Object.entries(o.replicas ?? {}).map(([name, n]) => `${name} ${n}`).join(', ') : undefined],
                [t.facts.message, o.maintenance?.message],
                [t.facts.by, o.createdBy],
                [t.facts.asked, <Ago key="c" at={o.createdAt} exact />],
                [t.facts.approvedBy, o.switch?.approvedBy],
                [t.facts.started, o.startedAt && <Ago at={o.startedAt} exact />],
                [t.facts.ended, o.completedAt && <Ago at={o.completedAt} exact />],
                [t.facts.took, o.startedAt && <Took from={o.startedAt} until={o.completedAt} />],
                [t.facts.result, o.completedAt && texts.parts.status[o.status]],
                [t.facts.reason, o.switch?.reason],
              ]}
            />
          </Section>
        }
      />
    </Page>
  );
}

function Synced({ id }: { id: string }) {
  const t = useText().deployment;
  const project = useProject();
  const query = useQuery(syncQuery(id, project));
  return (
    <Section title={t.changes.title}>
      {query.error ? (
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <Waiting for={t.changes.what} />
      ) : list(query.data.changes).length === 0 ? (
        <p style={{ margin: 0 }}>{t.changes.noDifference}</p>
      ) : (
        <ConfigChanges changes={list(query.data.changes)} />
      )}
    </Section>
  );
}
