import { Alert, Button, Checkbox, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, once, type Schema } from '~/api/client';
import { usesQuery } from '~/api/queries/config';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Hash } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';

type Version = Schema<'SecretVersionUse'>;

/** Who has which version of a secret, and taking a version away. */
export function UsesDrawer({ environment, slot, onClose }: { environment: string; slot: string; onClose: () => void }) {
  const t = useText().variables;
  const uses = useQuery(usesQuery(environment, slot, useProject()));
  return (
    <Drawer opened onClose={onClose} position="right" size="min(600px, 100vw)" title={t.use.title(slot)} closeButtonProps={{ 'aria-label': t.save.hide }}>
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          {t.use.says}
        </Text>
        {uses.error && <ProblemNote error={uses.error} onRetry={() => void uses.refetch()} />}
        {uses.isPending && <Waiting for={t.use.what} />}
        {uses.data?.map((use) => (
          <section key={use.secret.id}>
            <Title order={3} mb="sm">
              {t.use.of(use.owner)}
            </Title>
            {use.unseen && use.unseen.length > 0 && (
              <Alert variant="outline" color="yellow" mb="sm">
                {t.use.unseen(use.unseen.join(', '))}
              </Alert>
            )}
            <Stack gap="sm">
              {use.versions.map((version) => (
                <One key={version.version} environment={environment} slot={slot} secretId={use.secret.id} version={version} newest={version.version === use.secret.newest} />
              ))}
            </Stack>
          </section>
        ))}
        <CommandToCopy command={`lockstep vars who-uses ${environment} ${slot}`} />
      </Stack>
    </Drawer>
  );
}

/** Instances by service, with how many there are of each. */
function counted(instances: Version['instances']): string {
  const counts = new Map<string, number>();
  for (const { environment, service } of list(instances)) counts.set(`${environment}/${service}`, (counts.get(`${environment}/${service}`) ?? 0) + 1);
  return [...counts].map(([name, n]) => `${name} ×${n}`).join(', ');
}

function One({ environment, slot, secretId, version, newest }: { environment: string; slot: string; secretId: string; version: Version; newest: boolean }) {
  const text = useText();
  const t = text.variables.use;
  const f = useFormat();
  const project = useProject();
  const [asking, setAsking] = useState(false);
  const [force, setForce] = useState(false);
  const revoke = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/system/environments/{id}/variables/{key}/revoke', {
          params: { path: { id: environment, key: slot }, query: { project }, header: once() },
          body: { version: version.version, secretId, ...(force && { force }) },
        }),
      ),
  });
  const roles: Partial<Record<string, string>> = t.roles;
  return (
    <Stack gap="xs" p="md" style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6 }}>
      <Group justify="space-between">
        <Text fw={600}>
          {t.version} {f.number(version.version)}
          {newest && (
            <Text span c="dimmed" inherit fw={400}>
              {' '}
              · {t.newest}
            </Text>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          <Ago at={version.createdAt} /> · {version.createdBy}
        </Text>
      </Group>
      {version.revokedAt ? (
        <Text size="sm" c="var(--state-bad)">
          {t.revoked(version.revokedBy ?? '')} <Ago at={version.revokedAt} />
        </Text>
      ) : (
        <>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {t.instances}: {counted(version.instances) || t.nobody}
          </Text>
          <Text size="sm">
            {t.revisions}:{' '}
            {version.revisions.length === 0
              ? t.nobody
              : version.revisions.map(({ revision, environment, release, role }, i) => (
                  <span key={`${environment} ${revision}`}>
                    {i > 0 && ', '}
                    <Hash value={revision} /> {release} {environment} ({roles[role] ?? role})
                  </span>
                ))}
          </Text>
          {asking ? (
            <Stack gap="sm">
              <Text size="sm">{t.revokeSays}</Text>
              <Checkbox label={t.force} checked={force} onChange={({ currentTarget: { checked } }) => setForce(checked)} />
              <ProblemNote error={revoke.error} />
              <Group gap="sm">
                <Button size="xs" variant="default" onClick={() => setAsking(false)}>
                  {text.parts.cancel}
                </Button>
                <Allowed size="xs" needs="write" color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
                  {t.revokeNamed(f.number(version.version))}
                </Allowed>
              </Group>
            </Stack>
          ) : (
            <Group justify="flex-end">
              <Allowed size="compact-sm" variant="default" needs="write" onClick={() => setAsking(true)}>
                {t.revoke} …
              </Allowed>
            </Group>
          )}
        </>
      )}
    </Stack>
  );
}
