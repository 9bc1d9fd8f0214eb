import { Button, Card, Center, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { sessionQuery, signIn, type Credential } from '~/api/session';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useText } from '~/text/text';
import { localAddress, takeCode } from './arrival';

export function SignInPage() {
  const t = useText();
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const [token, setToken] = useState('');
  const [missing, setMissing] = useState(false);
  const enter = useMutation({
    mutationFn: (credential: Credential) => signIn(credential),
    onSuccess: async (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      await router.navigate({ href: localAddress(next), replace: true });
    },
  });

  // A one-time address signs in by itself, once, however often React mounts this.
  const arrived = useRef(false);
  const { mutate } = enter;
  useEffect(() => {
    if (arrived.current) return;
    arrived.current = true;
    const code = takeCode();
    if (code !== undefined) mutate({ code });
  }, [mutate]);

  useEffect(() => {
    document.title = t.shell.title(t.signIn.title);
  }, [t]);

  const byCode = enter.variables && 'code' in enter.variables;
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
          ) : (
            <>
              <Text c="dimmed">{t.signIn.says}</Text>
              {enter.error && <ProblemNote error={enter.error} />}
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  setMissing(token.trim() === '');
                  if (token.trim() !== '') enter.mutate({ token: token.trim() });
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
