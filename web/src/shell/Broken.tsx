import { Button, Code, Stack, Text, Title } from '@mantine/core';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Problem } from '~/api/problem';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';

/** Shown in place of what threw: what the server said, a page of an older build, or a mistake of ours. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const t = useText().shell;
  const router = useRouter();
  if (error instanceof Problem) {
    const retry = () => {
      reset();
      void router.invalidate();
    };
    return (
      <Stack p="xl" maw={720}>
        <ProblemNote error={error} onRetry={retry} />
      </Stack>
    );
  }
  const says = error instanceof Error ? error.message : String(error);
  // A part of the program that the server no longer has: it was upgraded under an open page.
  const upgraded = /dynamically imported module|module script/i.test(says);
  const words = upgraded ? t.upgraded : t.broken;
  return (
    <Stack p="xl" gap="md" maw={720} align="flex-start" role="alert">
      <Title order={1}>{words.title}</Title>
      <Text>{words.says}</Text>
      {!upgraded && <Code block>{says}</Code>}
      <Button onClick={() => window.location.reload()}>{t.broken.reload}</Button>
    </Stack>
  );
}
