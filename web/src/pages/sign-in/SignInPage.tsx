import { Button, Card, Center, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { present, sessionQuery, signIn, whose, type Credential, type Session } from '~/api/session';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useText } from '~/text/text';
import { localAddress, takeCode } from './arrival';
import { Replace } from './Replace';

/** Somebody else than who is signed in already: who goes has to say so. */
export interface Change {
  credential: Credential;
  from: Session;
  to: Session;
}

/** Signs in, unless somebody else is; then nothing is used up yet. */
async function arrive({ credential, sure = false }: { credential: Credential; sure?: boolean }): Promise<Session | Change> {
  const from = sure ? undefined : await present();
  if (from !== undefined) {
    const to = await whose(credential);
    if (to.name !== from.name || to.role !== from.role) return { credential, from, to };
  }
  return signIn(credential);
}

export function SignInPage() {
  const t = useText();
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const [token, setToken] = useState('');
  const [missing, setMissing] = useState(false);
  const enter = useMutation({
    mutationFn: arrive,
    onSuccess: async (came) => {
      if (!('credential' in came)) await goIn(came);
    },
  });
  const goIn = async (session: Session) => {
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, session);
    await router.navigate({ href: localAddress(next), replace: true });
  };

  // A one-time address signs in by itself, once, however often React mounts this.
  const arrived = useRef(false);
  const { mutate } = enter;
  useEffect(() => {
    if (arrived.current) return;
    arrived.current = true;
    const code = takeCode();
    if (code !== undefined) mutate({ credential: { code } });
  }, [mutate]);

  useEffect(() => {
    document.title = t.shell.title(t.signIn.title);
  }, [t]);

  const byCode = enter.variables && 'code' in enter.variables.credential;
  const change = enter.data && 'credential' in enter.data ? enter.data : undefined;
  return (
    <Center component="main" mih="100vh" p="lg">
      <Card w="100%" maw={440} padding="xl">
        <Stack gap="lg">
          <Group gap="sm">
            <img src="/icon.svg" alt="" width={32} height={32} />
            <Title order={1}>{t.signIn.title}</Title>
          </Group>
          {byCode && enter.isPending ? (
            <Waiting for={t.signIn.withCode} />
          ) : change ? (
            <Replace change={change} onStay={() => void goIn(change.from)} onReplace={() => enter.mutate({ credential: change.credential, sure: true })} />
          ) : (
            <>
              <Text c="dimmed">{t.signIn.says}</Text>
              {enter.error && <ProblemNote error={enter.error} />}
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  setMissing(token.trim() === '');
                  if (token.trim() !== '') enter.mutate({ credential: { token: token.trim() } });
                }}
              >
                <Stack gap="md">
                  <PasswordInput
                    label={t.signIn.token}
                    description={t.signIn.tokenHint}
                    error={missing && t.signIn.empty}
                    value={token}
                    onChange={(event) => setToken(event.currentTarget.value)}
                    autoComplete="current-password"
                    spellCheck={false}
                  />
                  <Button type="submit" loading={enter.isPending}>
                    {enter.isPending ? t.signIn.signingIn : t.signIn.submit}
                  </Button>
                </Stack>
              </form>
              <div>
                <Text size="sm" c="dimmed" mb={4}>
                  {byCode ? t.signIn.codeAgain : t.signIn.easier}
                </Text>
                <CommandToCopy command="lockstep dashboard" />
              </div>
            </>
          )}
        </Stack>
      </Card>
    </Center>
  );
}
