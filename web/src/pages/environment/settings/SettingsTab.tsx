import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { list } from '~/api/client';
import { environmentQuery, statusQuery } from '~/api/queries/environments';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { changeSearch } from '../change/change-search';
import { ChangeDialog } from '../change/ChangeDialog';
import overview from '../overview/OverviewTab.module.css';
import type { TabProps } from '../tabs';
import { useTabSearch } from '../use-tab-search';
import { AlertRules, Certificates, Dependencies, Hooks, Recorded } from './Lists';
import { Strategy } from './Strategy';

/** What the matrix says of an environment, how to change it, and how to get rid of it. */
export function SettingsTab({ environment: name }: TabProps) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const project = useProject();
  const { open } = useDialog();
  const [, setSearch] = useTabSearch(changeSearch);
  const environment = useQuery(environmentQuery(name, project));
  const status = useQuery(statusQuery(name, project));
  if (!environment.data || !status.data) {
    const error = environment.error ?? status.error;
    return error ? <ProblemNote error={error} onRetry={() => void status.refetch()} /> : <Waiting for={t.tabs.settings} />;
  }
  const { spec, scaled } = environment.data;
  const s = t.spec;
  const state = environment.data.status;
  const archived = state === 'archived';
  return (
    <div className={overview.tab}>
      <Section title={s.title}>
        <Stack gap="sm">
          <Text c="dimmed">{s.says}</Text>
          <CommandToCopy command={`lockstep export > matrix.yaml && $EDITOR matrix.yaml && lockstep apply -f matrix.yaml`} />
        </Stack>
      </Section>
      <div className={overview.columns}>
        <div className={overview.column}>
          <Section title={s.general}>
            <Facts
              rows={[
                [t.settings.type, parts.type[environment.data.type]],
                [s.runtime, spec.runtime],
                [t.settings.region, spec.region],
                [t.settings.parent, spec.parent && <Go key="parent" to={addresses.environment(spec.parent)}>{spec.parent}</Go>],
                [s.domains, list(spec.domains).join(', ')],
                [s.replicas, <Replicas key="replicas" replicas={spec.replicas} scaled={scaled} />],
                [s.disabled, list(environment.data.disabled).join(', ')],
              ]}
            />
          </Section>
          <Section title={s.approvals}>
            <Facts
              rows={[
                [s.deployments, spec.approvalRequired ? s.oneApproval : s.noApproval],
                [s.switches, spec.switchApproval ? s.oneApproval : s.noApproval],
                [s.validation, spec.validation],
                [s.prerequisites, list(spec.prerequisites?.environments).length > 0 ? s.provedIn(list(spec.prerequisites?.environments).join(', ')) : s.none],
                [s.soak, spec.prerequisites?.soak !== undefined && spec.prerequisites.soak > 0 ? f.duration(spec.prerequisites.soak) : ''],
                [s.automation, spec.automation?.deploy ? s.automations[spec.automation.deploy] : s.byHand],
                [s.notifications, list(spec.notifications?.channels).join(', ')],
              ]}
            />
          </Section>
          <Hooks hooks={list(spec.hooks)} />
          <AlertRules rules={list(spec.alerts)} />
        </div>
        <div className={overview.column}>
          <Strategy strategy={spec.strategy} />
          <Dependencies dependencies={list(spec.dependencies)} />
          <Certificates certificates={list(status.data.certificates)} />
          <Recorded recorded={spec.recorded ?? {}} />
        </div>
      </div>
      <Section title={s.end}>
        <Stack gap="lg">
          <Group justify="space-between" gap="sm">
            <Text maw={640}>{archived ? s.archivedSays : s.archiveSays}</Text>
            {archived ? (
              <Allowed needs="write" variant="default" onClick={() => setSearch({ change: 'unarchive' })}>
                {t.settings.unarchive}
              </Allowed>
            ) : (
              <Group gap="sm">
                {state !== 'inactive' && (
                  <Allowed needs="write" variant="default" blocked={status.data.revision ? undefined : t.actions.nothingDeployed} onClick={() => setSearch({ change: 'stop' })}>
                    {t.settings.stop}
                  </Allowed>
                )}
                <Allowed needs="write" variant="default" blocked={state === 'inactive' ? undefined : s.stopFirst} onClick={() => setSearch({ change: 'archive' })}>
                  {t.settings.archive}
                </Allowed>
              </Group>
            )}
          </Group>
          <Group justify="space-between" gap="sm">
            <Text maw={640}>{s.destroySays}</Text>
            <Group gap="sm">
              <Button variant="default" onClick={() => open('export', { environment: name })}>
                {t.actions.export}
              </Button>
              <Allowed needs="write" color="red" variant="outline" onClick={() => open('destroy', { environment: environment.data.name })}>
                {t.actions.destroy}
              </Allowed>
            </Group>
          </Group>
        </Stack>
      </Section>
      <ChangeDialog environment={environment.data} status={status.data} />
    </div>
  );
}

function Replicas({ replicas, scaled = {} }: { replicas: Record<string, number>; scaled?: Record<string, number> | undefined }) {
  const s = useText().environment.spec;
  const f = useFormat();
  return (
    <>
      {Object.entries(replicas).map(([service, n]) => (
        <div key={service} className="figures">
          {service}: {f.number(n)}
          {scaled[service] !== undefined && scaled[service] !== n && ` ${s.scaledTo(f.number(scaled[service]))}`}
        </div>
      ))}
    </>
  );
}
