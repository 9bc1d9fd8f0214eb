import { Alert, Button, Code, List, Stack, Text } from '@mantine/core';
import { Problem } from '~/api/problem';
import { useText } from '~/text/text';
import { Icon } from './icons';

/** An error, and what to do about it. Anything that was thrown may be given; an absent one shows nothing. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const t = useText().parts;
  if (error === null || error === undefined) return null;
  const problem = error instanceof Problem ? error : undefined;
  const code = problem?.code ?? 'failed';
  const says = error instanceof Error ? error.message : t.problem.title.failed;
  const color = `var(--state-${code === 'refused_by_policy' || code === 'stale' ? 'warn' : 'bad'})`; // the library's own are too pale to read
  const doThis: Partial<Record<string, string>> = t.problem.doThis;
  return (
    <Alert variant="outline" color="gray" styles={{ root: { borderColor: color }, title: { color }, icon: { color } }} icon={<Icon name="warn" />} title={t.problem.title[code]} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text>{says}</Text>
        {problem && problem.mistakes.length > 1 && (
          <List size="sm">
            {problem.mistakes.map((m) => (
              <List.Item key={`${m.field ?? ''} ${m.line ?? ''} ${m.message}`}>
                {m.field && <Code>{m.field}</Code>} {m.line ? `${t.problem.line(m.line, m.column)}: ` : ''}
                {m.message}
              </List.Item>
            ))}
          </List>
        )}
        {problem?.hint && <Text>{t.problem.hint(problem.hint)}</Text>}
        {doThis[code] && (
          <Text c="dimmed">
            {doThis[code]} {problem?.reference && <Code>{problem.reference}</Code>}
          </Text>
        )}
        {onRetry && (
          <Button variant="default" size="xs" onClick={onRetry}>
            {t.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
