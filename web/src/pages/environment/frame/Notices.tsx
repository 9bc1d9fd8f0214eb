import { Alert, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schema } from '~/api/client';
import { deploymentQuery } from '~/api/queries/deployments';
import type { Environment } from '~/api/queries/environments';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Go } from '~/parts/Go';
import { Icon, type IconName } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';

interface Props {
  environment: Environment;
  status: Schema<'StatusReport'> | undefined;
}

/** What somebody should know before anything else: what is wrong, what is under way, what waits. */
export function Notices({ environment, status }: Props) {
  const t = useText().environment.notices;
  const f = useFormat();
  if (!status) return null;
  const { name } = environment;
  const firing = status.alerts?.filter(({ state }) => state === 'firing') ?? [];
  return (
    <Stack gap="xs">
      {status.unreachableHost !== undefined && status.unreachableHost !== '' && (
        <Notice color="red" icon="warn">
          {t.unreachable(status.unreachableHost)}
        </Notice>
      )}
      {firing.length > 0 && (
        <Notice color="red" icon="warn">
          {t.alerts(f.number(firing.length), firing.map((alert) => alert.name).join(', '))} <Go to={addresses.environment(name, 'health')}>{t.lookAtHealth}</Go>
        </Notice>
      )}
      {status.operations.map((operation) => (
        <Operation key={operation.id} operation={operation} />
      ))}
      {status.maintenance && (
        <Notice color="yellow" icon="wrench">
          {t.maintenance} {status.maintenance.message}{' '}
          {status.maintenance.until !== undefined && (
            <>
              ({t.until} <Ago at={status.maintenance.until} exact />)
            </>
          )}
        </Notice>
      )}
      {status.automation && (
        <Notice color="blue" icon="clock">
          {t.automation(status.automation.version)} {status.automation.reason}
        </Notice>
      )}
    </Stack>
  );
}

/** What is under way, or waits: for a person's word, its time or its turn. */
function Operation({ operation }: { operation: Schema<'Operation'> }) {
  const t = useText().environment.notices;
  const { open } = useDialog();
  const deploys = operation.kind === 'deploy';
  const version = useQuery({ ...deploymentQuery(operation.id), enabled: deploys }).data?.version;
  const what = version === undefined ? t.kinds[operation.kind] : t.deploymentOf(version);
  const link = deploys && <Go to={addresses.deployment(operation.id)}>{t.watch}</Go>;
  if (operation.status === 'pending_approval') {
    return (
      <Notice color="yellow" icon="approvals">
        {t.waits(what, operation.createdBy)} (<Ago at={operation.createdAt} />) {link}{' '}
        <Allowed needs="approve" size="compact-xs" variant="default" onClick={() => open('approve', { id: operation.id })}>
          {t.approve}
        </Allowed>
      </Notice>
    );
  }
  if (operation.status === 'pending' && operation.scheduledFor !== undefined) {
    return (
      <Notice color="gray" icon="schedules">
        {t.due(what, operation.createdBy)} (<Ago at={operation.scheduledFor} />) {link}
      </Notice>
    );
  }
  return (
    <Notice color="blue" icon={operation.status === 'pending' ? 'clock' : 'half'}>
      {(operation.status === 'pending' ? t.queued : t.underWay)(what, operation.createdBy)} (<Ago at={operation.createdAt} />) {link}
    </Notice>
  );
}

function Notice({ color, icon, children }: { color: string; icon: IconName; children: ReactNode }) {
  return (
    <Alert variant="outline" color={color} icon={<Icon name={icon} />} py="sm" role="status">
      {children}
    </Alert>
  );
}
