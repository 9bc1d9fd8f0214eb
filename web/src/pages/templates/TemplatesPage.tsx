import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { templatesQuery, type Template } from '~/api/queries/templates';
import { Select } from '~/parts/Choice';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Table } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { environmentTypes, templateTypes } from './kinds';

/** What configurations are made from. */
export function TemplatesPage() {
  const text = useText();
  const t = text.templates;
  const search = useSearch({ from: '/shell/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const templates = useQuery(templatesQuery(useProject()));
  const rows = (templates.data ?? []).filter((of) => (!search.type || of.type === search.type) && (!search.for || of.environmentTypes.includes(search.for)));
  const forWhat = ({ environmentTypes: types }: Template) => (types.length === environmentTypes.length ? t.all : types.map((type) => text.parts.type[type]).join(', '));
  return (
    <Page title={t.title}>
      <Text c="dimmed">{t.says}</Text>
      <Group gap="sm">
        <Select
          aria-label={t.filter.type}
          placeholder={`${t.filter.type}: ${t.filter.any}`}
          value={search.type ?? null}
          data={templateTypes.map((value) => ({ value, label: t.types[value] }))}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, type: templateTypes.find((one) => one === next) }), replace: true })}
          clearable
        />
        <Select
          aria-label={t.filter.environment}
          placeholder={`${t.filter.environment}: ${t.filter.any}`}
          value={search.for ?? null}
          data={environmentTypes.map((value) => ({ value, label: text.parts.type[value] }))}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, for: environmentTypes.find((one) => one === next) }), replace: true })}
          clearable
        />
      </Group>
      {templates.error && <ProblemNote error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.isPending && <Waiting for={t.what} />}
      {templates.data && (
        <div style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6, overflow: 'hidden', background: 'var(--mantine-color-body)' }}>
          <Table<Template>
            label={t.title}
            rows={rows}
            rowKey={({ id }) => id}
            rowHeight={44}
            empty={<Empty title={t.empty.title} says={t.empty.says} command={t.empty.command} />}
            columns={[
              { id: 'name', title: t.columns.name, width: 'minmax(210px, 2fr)', sort: ({ name }) => name, cell: ({ name }) => <Go to={addresses.template(name)}>{name}</Go> },
              { id: 'version', title: t.columns.version, width: '88px', cell: ({ metadata }) => <Version version={metadata.version} /> },
              { id: 'type', title: t.columns.type, width: 'minmax(186px, 1fr)', sort: ({ type }) => type, cell: ({ type }) => t.types[type] },
              { id: 'for', title: t.columns.for, width: 'minmax(140px, 1fr)', cell: (of) => <span title={forWhat(of)}>{forWhat(of)}</span> },
              { id: 'by', title: t.columns.by, width: '100px', sort: ({ builtIn, metadata }) => (builtIn ? '' : metadata.createdBy), cell: ({ builtIn, metadata }) => (builtIn ? t.builtIn : metadata.createdBy) },
              { id: 'description', title: t.columns.description, width: 'minmax(240px, 4fr)', cell: ({ description }) => <span title={description}>{description}</span> },
            ]}
          />
        </div>
      )}
    </Page>
  );
}
