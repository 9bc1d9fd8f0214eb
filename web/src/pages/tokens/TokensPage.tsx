import { Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { list } from '~/api/client';
import { tokensQuery } from '~/api/queries/tokens';
import { useMay } from '~/api/session';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useText } from '~/text/text';
import { TokenTable } from './TokenTable';

const CreateToken = lazy(() => import('./CreateToken').then(({ CreateToken }) => ({ default: CreateToken })));
const RevokeToken = lazy(() => import('./RevokeToken').then(({ RevokeToken }) => ({ default: RevokeToken })));
const SignOutToken = lazy(() => import('./SignOutToken').then(({ SignOutToken }) => ({ default: SignOutToken })));

/** Who may call: people and programs, with their roles. */
export function TokensPage() {
  const t = useText().tokens;
  const may = useMay('tokens');
  const navigate = useNavigate({ from: '/tokens' });
  const search = useSearch({ from: '/shell/tokens' });
  const tokens = useQuery({ ...tokensQuery(search.revoked), enabled: may });
  const all = list(tokens.data);
  const go = (to: { revoked?: true | undefined; create?: true | undefined; revoke?: string | undefined; signOut?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false });
  const revoked = all.find(({ id, revokedAt }) => id === search.revoke && revokedAt === undefined);
  const signedOut = all.find(({ id, sessions }) => id === search.signOut && sessions !== undefined);
  return (
    <Page
      title={t.title}
      actions={
        <Allowed needs="tokens" leftSection={<Icon name="plus" />} onClick={() => go({ create: true })}>
          {t.create}
        </Allowed>
      }
    >
      <Text c="dimmed">{t.says}</Text>
      {!may ? (
        <Empty title={t.forbidden} says={t.forbiddenSays} command="lockstep token create NAME --role operator" />
      ) : tokens.isPending ? (
        <Waiting for={t.what} />
      ) : tokens.error ? (
        <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />
      ) : (
        <Section
          title={t.title}
          flush
          actions={<Switch size="sm" label={t.showRevoked} checked={search.revoked ?? false} onChange={(event) => go({ revoked: event.currentTarget.checked || undefined })} />}
        >
          <TokenTable tokens={all} onRevoke={(token) => go({ revoke: token.id })} onSignOut={(token) => go({ signOut: token.id })} />
        </Section>
      )}
      <Suspense>
        {may && search.create && <CreateToken onClose={() => go({ create: undefined })} />}
        {signedOut && <SignOutToken token={signedOut} onClose={() => go({ signOut: undefined })} />}
        {revoked && <RevokeToken token={revoked} onClose={() => go({ revoke: undefined })} />}
      </Suspense>
    </Page>
  );
}
