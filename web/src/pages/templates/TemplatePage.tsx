import { Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Problem } from '~/api/problem';
import { appliedToQuery, templateQuery, templateVersionsQuery, type Template } from '~/api/queries/templates';
import { write } from '~/pages/environment/configuration/write';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { lineOf } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { demands } from './demands';
import type { TemplateSearch } from './route';

const ApplyDialog = lazy(() => import('./ApplyDialog').then(({ ApplyDialog }) => ({ default: ApplyDialog })));
const UpgradeDialog = lazy(() => import('./UpgradeDialog').then(({ UpgradeDialog }) => ({ default: UpgradeDialog })));

/** One template: what it asks for, what it makes, its versions, and where it was applied. */
export function TemplatePage() {
  const text = useText();
  const t = text.templates;
  const { template: name } = useParams({ from: '/shell/templates/$template' });
  const search = useSearch({ from: '/shell/templates/$template' });
  const navigate = useNavigate({ from: '/templates/$template' });
  const project = useProject();
  const template = useQuery(templateQuery(name, search.version, project));
  const versions = useQuery(templateVersionsQuery(name, project));
  const change = (to: Partial<TemplateSearch>) => void navigate({ search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false });
  if (template.error instanceof Problem && template.error.code === 'not_found') {
    return (
      <Page title={name}>
        <Empty title={t.notThere.title(name)} says={t.notThere.says} command="lockstep template list">
          <Go to={addresses.templates}>{t.back}</Go>
        </Empty>
      </Page>
    );
  }
  const of = template.data;
  return (
    <Page
      title={name}
      beside={
        <Select
          aria-label={t.columns.version}
          value={search.version ?? of?.metadata.version ?? null}
          data={(versions.data ?? []).map(({ metadata }) => metadata.version)}
          onChange={(version) => change({ version: version ?? undefined })}
          allowDeselect={false}
          w={110}
        />
      }
      actions={
        <Allowed needs="write" disabled={!of} onClick={() => change({ apply: '' })}>
          {t.apply} …
        </Allowed>
      }
    >
      {template.error && <ProblemNote error={template.error} onRetry={() => void template.refetch()} />}
      {template.isPending && <Waiting for={name} />}
      {of && (
        <>
          <Text>
            {of.description}{' '}
            <Text span c="dimmed" inherit>
              {t.types[of.type]} · {of.environmentTypes.map((type) => text.parts.type[type]).join(', ')} · {of.builtIn ? t.builtIn : of.metadata.createdBy}
            </Text>
          </Text>
          <Asks of={of} />
          <Makes of={of} />
          <Applied name={of.name} newest={versions.data?.[0]?.metadata.version} onUpgrade={(environment) => change({ upgrade: environment })} />
          <Section title={t.sections.versions} flush>
            {versions.error && <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />}
            <Table.ScrollContainer minWidth={480}>
              <Table verticalSpacing="sm" horizontalSpacing="lg">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t.columns.version}</Table.Th>
                    <Table.Th>{t.message}</Table.Th>
                    <Table.Th>{t.made}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {(versions.data ?? []).map(({ metadata }) => (
                    <Table.Tr key={metadata.version}>
                      <Table.Td>
                        <Version version={metadata.version} />
                      </Table.Td>
                      <Table.Td>{metadata.message}</Table.Td>
                      <Table.Td>
                        <Ago at={metadata.createdAt} /> · {metadata.createdBy}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Section>
          <CommandToCopy command={`lockstep template show ${name}`} />
          <Suspense>
            {search.apply !== undefined && <ApplyDialog key={of.metadata.version} template={of} environment={search.apply} onClose={() => change({ apply: undefined })} />}
            {search.upgrade !== undefined && <UpgradeDialog template={name} environment={search.upgrade} versions={(versions.data ?? []).map(({ metadata }) => metadata.version)} onClose={() => change({ upgrade: undefined })} />}
          </Suspense>
        </>
      )}
    </Page>
  );
}

function Asks({ of }: { of: Template }) {
  const t = useText().templates;
  const f = useFormat();
  return (
    <Section title={t.sections.variables} flush>
      {of.variables.length === 0 ? (
        <Text c="dimmed" p="lg">
          {t.asksNothing}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm" horizontalSpacing="lg">
            <Table.Thead>
              <Table.Tr>
                {[t.variable.key, t.variable.type, t.variable.default, t.variable.demands, t.variable.description].map((title) => (
                  <Table.Th key={title}>{title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {of.variables.map((variable) => (
                <Table.Tr key={variable.key}>
                  <Table.Td>
                    <code>{variable.key}</code>
                  </Table.Td>
                  <Table.Td>{[variable.type ?? 'string', variable.required && t.variable.required, variable.sensitive && t.variable.secret].filter(Boolean).join(', ')}</Table.Td>
                  <Table.Td>
                    <code>{lineOf(variable.defaultValue)}</code>
                  </Table.Td>
                  <Table.Td>{demands(variable, t.demands, f.number)}</Table.Td>
                  <Table.Td>{variable.description}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {(of.validation.rules ?? []).map(({ assert, message }) => (
        <Text key={assert} size="sm" px="lg" py="sm" c="dimmed">
          {t.sections.rules}: {message} (<code>{assert}</code>)
        </Text>
      ))}
    </Section>
  );
}

const text = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: 0, fontSize: 13, maxHeight: 480, overflow: 'auto' } as const;

function Makes({ of }: { of: Template }) {
  const t = useText().templates;
  const { sections, variables, files } = of.template;
  const parts = (
    [
      [t.parts.sections, sections],
      [t.parts.variables, variables],
    ] as const
  ).flatMap(([title, value]): [string, string][] => (value === undefined || value === null ? [] : [[title, typeof value === 'string' ? value : write(value, 'yaml')]]));
  for (const [path, content] of Object.entries(files ?? {})) parts.push([path, content]);
  return (
    <Section title={t.sections.makes}>
      <Stack gap="lg">
        {parts.map(([title, content]) => (
          <div key={title}>
            <Title order={3} mb="xs">
              {title}
            </Title>
            {/* Scrolled by keys too, so it takes the focus. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keys */}
            <pre style={text} tabIndex={0} role="region" aria-label={title}>
              {content}
            </pre>
          </div>
        ))}
      </Stack>
    </Section>
  );
}

function Applied({ name, newest, onUpgrade }: { name: string; newest: string | undefined; onUpgrade: (environment: string) => void }) {
  const t = useText().templates;
  const queries = useQueryClient();
  const applied = useQuery(appliedToQuery(queries, name, useProject()));
  return (
    <Section title={t.sections.applied}>
      {applied.error && <ProblemNote error={applied.error} onRetry={() => void applied.refetch()} />}
      {applied.isPending && <Waiting for={t.sections.applied} />}
      {applied.data?.length === 0 && <Text c="dimmed">{t.appliedTo.none}</Text>}
      <Stack gap="sm">
        {applied.data?.map(({ environment, applied: one }) => (
          <Group key={environment} justify="space-between" gap="sm">
            <Text>
              <Go to={addresses.environment(environment, 'configuration')}>{environment}</Go> · <Version version={one.version} /> ·{' '}
              <Text span c="dimmed" inherit>
                {t.appliedTo.config} {one.configVersion} · <Ago at={one.appliedAt} /> · {one.appliedBy}
                {newest !== undefined && newest !== one.version && ` · ${t.appliedTo.older(newest)}`}
              </Text>
            </Text>
            {newest !== undefined && newest !== one.version && (
              <Allowed needs="write" variant="default" size="compact-sm" onClick={() => onUpgrade(environment)}>
                {t.appliedTo.upgrade(environment)} …
              </Allowed>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
