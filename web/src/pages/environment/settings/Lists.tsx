import { Code, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Section } from '~/parts/Section';
import { useFormat, useText } from '~/text/text';

function Rows({ title, empty, children }: { title: string; empty?: string; children: ReactNode[] }) {
  return (
    <Section title={title}>
      {children.length === 0 && <Text c="dimmed">{empty}</Text>}
      <Stack gap="sm">{children}</Stack>
    </Section>
  );
}

/** What runs before and after deployments and switches. */
export function Hooks({ hooks }: { hooks: readonly Schema<'Hook'>[] }) {
  const s = useText().environment.spec;
  const f = useFormat();
  return (
    <Rows title={s.hooks} empty={s.noHooks}>
      {hooks.map((hook) => (
        <div key={hook.name}>
          <Text>
            <strong>{hook.name}</strong>{' '}
            <Text span size="sm" c="dimmed">
              {[hook.stage, hook.service, hook.required ? s.required : s.optional, hook.timeout ? s.within(f.duration(hook.timeout)) : ''].filter(Boolean).join(', ')}
            </Text>
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {hook.http ? `${hook.http.method ?? 'POST'} ${hook.http.url}` : (hook.run ?? []).join(' ')}
          </Code>
        </div>
      ))}
    </Rows>
  );
}

/** The rules by which something is wrong. */
export function AlertRules({ rules }: { rules: readonly Schema<'AlertRule'>[] }) {
  const s = useText().environment.spec;
  const f = useFormat();
  return (
    <Rows title={s.alerts} empty={s.noAlerts}>
      {rules.map((rule) => (
        <div key={rule.name}>
          <strong>{rule.name}</strong> {rule.for ? s.longer(f.duration(rule.for)) : ''}
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <code>{rule.when}</code>
          </Text>
          {rule.clear && (
            <Text size="sm" c="dimmed">
              {s.clear} <code>{rule.clear}</code>
            </Text>
          )}
        </div>
      ))}
    </Rows>
  );
}

/** What it needs, and how that is checked. */
export function Dependencies({ dependencies }: { dependencies: readonly Schema<'DependencyRecord'>[] }) {
  const s = useText().environment.spec;
  return (
    <Rows title={s.dependencies} empty={s.none}>
      {dependencies.map((each) => (
        <div key={each.name}>
          <strong>{each.name}</strong>{' '}
          <Text span size="sm" c="dimmed">
            {each.type}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {each.endpoint ?? (each.check?.command ? each.check.command.join(' ') : s.notChecked)}
          </Text>
        </div>
      ))}
    </Rows>
  );
}

/** The domains' certificates. */
export function Certificates({ certificates }: { certificates: readonly Schema<'Certificate'>[] }) {
  const s = useText().environment.spec;
  if (certificates.length === 0) return null;
  return (
    <Rows title={s.certificates}>
      {certificates.map((each) => (
        <div key={each.domain}>
          <strong>{each.domain}</strong>: {s.certificate[each.state]}
          {each.until !== undefined && (
            <>
              , {s.until} <Ago at={each.until} />
            </>
          )}
          {each.problem && <Text c="var(--state-bad)">{each.problem}</Text>}
        </div>
      ))}
    </Rows>
  );
}

/** Infrastructure as it was described. */
export function Recorded({ recorded }: { recorded: Record<string, unknown> }) {
  const s = useText().environment.spec;
  const names = Object.keys(recorded);
  if (names.length === 0) return null;
  return (
    <Section title={s.recorded}>
      <Stack gap="sm">
        <Text c="dimmed">{s.recordedSays}</Text>
        {names.map((name) => (
          <details key={name}>
            <summary>{name}</summary>
            <Code block mt={4}>
              {JSON.stringify(recorded[name], null, 2)}
            </Code>
          </details>
        ))}
      </Stack>
    </Section>
  );
}
