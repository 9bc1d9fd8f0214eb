import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Schema } from '~/api/client';
import { environment, explanations, variables } from '~/tests/configured';
import { visit } from '~/tests/render';
import { problem, serve, type Asked } from '~/tests/server';
// Loaded before the tests begin: none of them is about how fast that is.
import './EditDrawer';
import './ExplainDrawer';
import './ImportDialog';
import './RevealAsks';
import './UsesDrawer';

type VariableList = Schema<'VariableList'>;
const at = '/api/system/environments/staging';

function tagged(list: VariableList, etag: string) {
  return Response.json(list, { headers: { ETag: etag } });
}

/** What a save was answered with, as the server writes it. */
const made = (number: number) => ({ changes: [], environments: [{ environment: 'staging', number }], number, success: true, version: String(number), validationResult: { valid: true, errors: [], warnings: [] } });

function withValue(key: string, value: string): VariableList {
  return { ...variables, variables: variables.variables.map((one) => (one.key === key && one.scope === 'global' ? { ...one, value, modifiedBy: 'bea' } : one)) };
}

interface Server {
  list: () => Response;
  put?: (asked: Asked) => unknown;
}

function server({ list, put = () => made(14) }: Server): Asked[] {
  return serve({
    [`GET ${at}`]: environment,
    [`GET ${at}/status`]: problem('not_found', 404, 'not of this test'),
    [`GET ${at}/variables`]: list,
    [`GET ${at}/config/diff`]: { from: 10, to: 13, changes: [{ type: 'modify', path: 'variables.CACHE_SIZE', oldValue: '1024', newValue: '2048' }] },
    [`GET ${at}/variables/LOG_LEVEL/explain`]: explanations,
    [`PUT ${at}/variables`]: put,
  });
}

const saved = (asked: readonly Asked[]) => asked.filter(({ method, path }) => method === 'PUT' && !path.includes('dryRun=true'));

async function edit(user: Awaited<ReturnType<typeof visit>>['user'], key: string, value: string) {
  await user.click(await screen.findByRole('button', { name: `Edit ${key}` }));
  const form = await screen.findByRole('dialog', { name: `Edit ${key}` });
  const field = await within(form).findByRole('textbox', { name: 'Value' });
  await user.clear(field);
  await user.click(field);
  await user.paste(value);
  await user.click(within(form).getByRole('button', { name: 'Keep this change' }));
}

it('saves what changed, and nothing else, for the version that was read', async () => {
  const asked = server({ list: () => tagged(variables, '"13-abc"') });
  const { user } = await visit('/environments/staging/variables');
  await edit(user, 'MAX_UPLOAD_MB', '40');
  expect(saved(asked)).toHaveLength(0);
  await user.type(screen.getByLabelText(/^Why/), 'larger pictures');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await screen.findByText(/Recorded as configuration 14 of staging/);
  const [put] = saved(asked);
  expect(put?.body).toEqual({ variables: { MAX_UPLOAD_MB: { value: '40' } }, options: { description: 'larger pictures' } });
  expect(put?.headers.get('If-Match')).toBe('"13-abc"');
});

it('says at the field what the server does not like', async () => {
  server({ list: () => tagged(variables, '"13-abc"'), put: () => problem('invalid', 422, 'the configuration cannot be changed like that', { problems: [{ field: 'variables.MAX_UPLOAD_MB', message: 'its value has to be between 1 and 100' }] }) });
  const { user } = await visit('/environments/staging/variables?show=edit&variable=MAX_UPLOAD_MB');
  const field = await screen.findByRole('textbox', { name: 'Value' });
  await user.clear(field);
  await user.type(field, '500');
  await waitFor(() => expect(field).toHaveAccessibleDescription(/between 1 and 100/));
});

it('shows the JSON Schema that is demanded, and changes it', async () => {
  const json: VariableList = { ...variables, variables: variables.variables.map((one) => (one.key === 'MAX_UPLOAD_MB' && one.scope === 'global' ? { ...one, type: 'json', value: '{"a":1}', validation: { schema: { type: 'object' } } } : one)) };
  const asked = server({
    list: () => tagged(json, '"13-abc"'),
    put: ({ body }) => {
      const { schema } = (body as { variables: Record<string, { validation: { schema: { type?: string; properties?: { a: { type: string } } } } }> }).variables.MAX_UPLOAD_MB?.validation ?? {};
      if (schema?.type === 'objekt') return problem('invalid', 422, 'no', { problems: [{ field: 'variables.MAX_UPLOAD_MB', message: 'its schema cannot be used: type is none of those that are known' }] });
      if (schema?.properties?.a.type === 'string') return problem('invalid', 422, 'no', { problems: [{ field: 'variables.MAX_UPLOAD_MB', message: 'its value at /a does not fit its schema: it has to be a string' }] });
      return made(14);
    },
  });
  const { user } = await visit('/environments/staging/variables?show=edit&variable=MAX_UPLOAD_MB');
  const field = await screen.findByRole('textbox', { name: 'JSON Schema' });
  expect(JSON.parse((field as HTMLTextAreaElement).value)).toEqual({ type: 'object' });
  const write = async (text: string) => {
    await user.clear(field);
    await user.click(field);
    await user.paste(text);
  };
  await write('{"type": "obj');
  expect(field).toHaveAccessibleDescription(/This is no JSON yet/);
  expect(screen.getByRole('button', { name: 'Keep this change' })).toBeDisabled();
  await write('{"type": "objekt"}');
  await waitFor(() => expect(field).toHaveAccessibleDescription(/its schema cannot be used/));
  expect(screen.getByRole('textbox', { name: 'Value' })).not.toHaveAccessibleDescription(/schema/);
  await write('{"type": "object", "properties": {"a": {"type": "string"}}}');
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Value' })).toHaveAccessibleDescription(/does not fit its schema/));
  expect(field).not.toHaveAccessibleDescription(/does not fit/);
  await write('{"type": "object", "properties": {"a": {"type": "number"}}}');
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Value' })).not.toHaveAccessibleDescription(/schema/));
  await user.click(screen.getByRole('button', { name: 'Keep this change' }));
  await user.click(await screen.findByRole('button', { name: 'Save' }));
  await waitFor(() => expect(saved(asked)).toHaveLength(1));
  expect(saved(asked)[0]?.body).toMatchObject({ variables: { MAX_UPLOAD_MB: { validation: { schema: { type: 'object', properties: { a: { type: 'number' } } } } } } });
});

it('shows what somebody else said meanwhile, and asks whose is to hold', async () => {
  let now = { list: variables, etag: '"13-abc"' };
  const asked = server({ list: () => tagged(now.list, now.etag) });
  const { user, queries } = await visit('/environments/staging/variables');
  await edit(user, 'CACHE_SIZE', '4096');
  now = { list: withValue('CACHE_SIZE', '8192'), etag: '"14-def"' };
  await queries.invalidateQueries({ queryKey: ['variables'] });
  const conflict = (await screen.findByText(/CACHE_SIZE was changed meanwhile/)).closest('[role=alert]');
  expect(conflict).toHaveTextContent('by bea');
  expect(conflict).toHaveTextContent('2048');
  expect(conflict).toHaveTextContent('8192');
  expect(conflict).toHaveTextContent('4096');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(saved(asked)).toHaveLength(0);
  await user.click(screen.getByRole('button', { name: 'Take mine' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(saved(asked)).toHaveLength(1));
  expect(saved(asked)[0]?.headers.get('If-Match')).toBe('"14-def"');
});

it('lets theirs hold', async () => {
  let list = variables;
  server({ list: () => tagged(list, '"13-abc"') });
  const { user, queries } = await visit('/environments/staging/variables');
  await edit(user, 'CACHE_SIZE', '4096');
  list = withValue('CACHE_SIZE', '8192');
  await queries.invalidateQueries({ queryKey: ['variables'] });
  await user.click(await screen.findByRole('button', { name: 'Take theirs' }));
  expect(screen.queryByText(/not saved/)).not.toBeInTheDocument();
  expect(screen.getByText('8192')).toBeInTheDocument();
});

it('shows a secret only when it is asked for, by its name alone', async () => {
  const list = () => tagged(variables, '"13-abc"');
  const asked = server({ list });
  const { user } = await visit('/environments/staging/variables');
  const show = await screen.findByRole('button', { name: 'Show the value of DB_PASSWORD' });
  await user.click(show);
  await screen.findByText(/That you looked is noted/);
  expect(asked.some(({ path }) => path.includes('includeSecrets'))).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Show it for 30 seconds' }));
  await waitFor(() => expect(asked.map(({ path }) => path)).toContain(`${at}/variables?key=DB_PASSWORD&includeSecrets=true`));
});

it('does not offer secrets or changes to who may only read', async () => {
  const asked = server({ list: () => tagged(variables, '"13-abc"') });
  const { user } = await visit('/environments/staging/variables', { may: ['read'] });
  await user.click(await screen.findByRole('button', { name: 'Show the value of DB_PASSWORD' }));
  await user.click(screen.getByRole('button', { name: 'Add a variable' }));
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  expect(asked.some(({ path }) => path.includes('includeSecrets'))).toBe(false);
});

it('finds by what stands in the address', async () => {
  server({ list: () => tagged(variables, '"13-abc"') });
  await visit('/environments/staging/variables?differs=true');
  await screen.findByRole('button', { name: 'Edit CACHE_SIZE' });
  expect(screen.queryByRole('button', { name: 'Edit API_URL' })).not.toBeInTheDocument();
});

it('explains which level won, and why the others did not', async () => {
  server({ list: () => tagged(variables, '"13-abc"') });
  await visit('/environments/staging/variables?show=explain&variable=backend%2FLOG_LEVEL');
  const chain = await screen.findByRole('region', { name: 'For backend' });
  const [first, second] = within(chain).getAllByRole('listitem');
  expect(first).toHaveTextContent('wins');
  expect(first).toHaveTextContent('debug');
  expect(second).toHaveTextContent('environment wins over project');
});
