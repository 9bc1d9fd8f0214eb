import { Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Token } from '~/api/queries/tokens';
import { useSession } from '~/api/session';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { Table, type Column } from '~/parts/Table';
import { useNow } from '~/parts/use-now';
import { useText } from '~/text/text';

interface Props {
  tokens: readonly Token[];
  onRevoke: (token: Token) => void;
  onSignOut: (token: Token) => void;
}

export function TokenTable({ tokens, onRevoke, onSignOut }: Props) {
  const t = useText().tokens;
  const me = useSession()?.name;
  const columns = useMemo<Column<Token>[]>(
    () => [
      {
        id: 'name',
        title: t.name,
        width: 'minmax(160px, 2fr)',
        sort: ({ name }) => name.toLowerCase(),
        cell: ({ name }) => (
          <span title={name}>
            <strong>{name}</strong>
            {name === me && (
              <Text span size="sm" c="dimmed">
                {' '}
                ({t.mine})
              </Text>
            )}
          </span>
        ),
      },
      { id: 'role', title: t.role, width: 'minmax(90px, 1fr)', sort: ({ role }) => role, cell: ({ role }) => <span title={t.may[role]}>{t.roles[role]}</span> },
      {
        id: 'used',
        title: t.lastUsed,
        width: 'minmax(120px, 1fr)',
        sort: ({ lastUsedAt }) => lastUsedAt ?? '',
        cell: ({ lastUsedAt }) =>
          lastUsedAt === undefined ? (
            <Text span size="sm" c="dimmed">
              {t.neverUsed}
            </Text>
          ) : (
            <Ago at={lastUsedAt} />
          ),
      },
      {
        id: 'sessions',
        title: t.sessions,
        width: 'minmax(190px, 1fr)',
        sort: ({ sessions }) => sessions ?? 0,
        cell: (token) =>
          token.sessions === undefined ? (
            <Text span size="sm" c="dimmed">
              {t.nobody}
            </Text>
          ) : (
            <Group gap="sm" wrap="nowrap">
              <span className="figures">{t.signedIn(token.sessions)}</span>
              <Allowed needs="tokens" size="compact-sm" variant="default" aria-label={t.signOutOf(token.name)} onClick={() => onSignOut(token)}>
                {t.signOut}
              </Allowed>
            </Group>
          ),
      },
      { id: 'expires', title: t.expires, width: 'minmax(140px, 1fr)', sort: ({ expiresAt }) => expiresAt ?? '~', cell: (token) => <Ends token={token} /> },
      {
        id: 'created',
        title: t.created,
        width: 'minmax(180px, 1.4fr)',
        sort: ({ createdAt }) => createdAt,
        cell: ({ createdAt, createdBy }) => (
          <>
            <Ago at={createdAt} />{' '}
            <Text span size="sm" c="dimmed">
              {t.createdBy(createdBy)}
            </Text>
          </>
        ),
      },
      {
        id: 'do',
        title: t.actions,
        quiet: true,
        width: '120px',
        align: 'right',
        cell: (token) =>
          token.revokedAt === undefined && (
            <Allowed needs="tokens" size="compact-sm" variant="default" aria-label={t.revokeOf(token.name)} onClick={() => onRevoke(token)}>
              {t.revoke}
            </Allowed>
          ),
      },
    ],
    [t, me, onRevoke, onSignOut],
  );
  return (
    <Table
      label={t.title}
      rows={tokens}
      columns={columns}
      rowKey={({ id }) => id}
      maxHeight="70vh"
      empty={<Empty title={t.empty} says={t.emptySays} command="lockstep token create ana --role operator --expires 90d" />}
    />
  );
}

function Ends({ token: { expiresAt, revokedAt, revokedBy } }: { token: Token }) {
  const t = useText().tokens;
  const now = useNow(60_000);
  if (revokedAt !== undefined) {
    return (
      <Group gap={4} wrap="nowrap" title={revokedBy}>
        <Icon name="cross" style={{ color: 'var(--state-idle)' }} />
        {t.revoked} <Ago at={revokedAt} />
      </Group>
    );
  }
  if (expiresAt === undefined) {
    return (
      <Text span size="sm" c="dimmed">
        {t.never}
      </Text>
    );
  }
  if (Date.parse(expiresAt) > now) return <Ago at={expiresAt} />;
  return (
    <Group gap={4} wrap="nowrap">
      <Icon name="clock" style={{ color: 'var(--state-warn)' }} />
      {t.expired} <Ago at={expiresAt} />
    </Group>
  );
}
