import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { environment, report } from '~/tests/configured';
import { visit } from '~/tests/render';
import { problem, serve, type Asked } from '~/tests/server';
// Loaded before the tests begin: none of them is about how fast that is.
import './Flags';
import './ReviewSections';
import './Versions';

const at = '/api/system/environments/staging';
const made = { changes: [], environments: [{ environment: 'staging', number: 15 }], number: 15, success: true, version: '15', validationResult: { valid: true, errors: [], warnings: [] } };

function server(config: () => { value: unknown; etag: string }, put: (asked: Asked) => unknown = () => made): Asked[] {
  return serve({
    [`GET ${at}`]: environment,
    [`GET ${at}/status`]: problem('not_found', 404, 'not of this test'),
    [`GET ${at}/config`]: () => Response.json(config().value, { headers: { ETag: config().etag } }),
    [`PUT ${at}/config`]: put,
  });
}

const saved = (asked: readonly Asked[]) => asked.filter(({ method, path }) => method === 'PUT' && !path.includes('dryRun=true'));

it('makes a form from the schemas, and saves the smallest patch with its message', async () => {
  const asked = server(() => ({ value: report, etag: '"13-abc"' }));
  const { user } = await visit('/environments/staging/configuration?section=logging');
  await user.click(await screen.findByLabelText('level', { selector: 'input' }));
  await user.click(await screen.findByRole('option', { name: 'warn' }));
  await user.click(screen.getByRole('button', { name: 'Review and save' }));
  const review = await screen.findByRole('dialog', { name: 'Review and save' });
  await user.type(within(review).getByLabelText(/^Why/), 'quieter');
  await user.click(within(review).getByRole('checkbox', { name: /backup/ }));
  await user.click(within(review).getByRole('button', { name: 'Save as a new version' }));
  await waitFor(() => expect(saved(asked)).toHaveLength(1));
  expect(saved(asked)[0]?.body).toEqual({ logging: { level: 'warn' }, options: { createBackup: true, description: 'quieter' } });
  expect(saved(asked)[0]?.headers.get('If-Match')).toBe('"13-abc"');
});

it('says at the field what is wrong, and does not save it', async () => {
  server(
    () => ({ value: report, etag: '"13-abc"' }),
    () => problem('invalid', 422, 'the configuration cannot be changed like that', { problems: [{ field: 'general.timezone', message: 'it has to be a time zone' }] }),
  );
  const { user } = await visit('/environments/staging/configuration');
  const field = await screen.findByRole('textbox', { name: 'timezone' });
  await user.clear(field);
  await user.type(field, '??');
  await waitFor(() => expect(field).toHaveAccessibleDescription(/it has to be a time zone/));
  await user.click(screen.getByRole('button', { name: 'Review and save' }));
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});

it('puts my changes on top of what others saved, and asks only where both changed the same', async () => {
  let now: { value: unknown; etag: string } = { value: report, etag: '"13-abc"' };
  const asked = server(() => now);
  const { user, queries } = await visit('/environments/staging/configuration');
  const field = await screen.findByRole('textbox', { name: 'region' });
  await user.clear(field);
  await user.type(field, 'us-west-2');

  now = { value: { ...report, general: { ...(report.general as object), owner: 'bea' } }, etag: '"14-def"' };
  await queries.invalidateQueries({ queryKey: ['config'] });
  await screen.findByText(/nothing was lost/);
  expect(screen.getByRole('textbox', { name: 'owner' })).toHaveValue('bea');
  expect(field).toHaveValue('us-west-2');

  now = { value: { ...report, general: { ...(report.general as object), region: 'ap-south-1' } }, etag: '"15-ghi"' };
  await queries.invalidateQueries({ queryKey: ['config'] });
  const conflict = await screen.findByRole('group', { name: 'general.region' });
  expect(conflict).toHaveTextContent('ap-south-1');
  await user.click(screen.getByRole('button', { name: 'Take mine for general.region' }));
  await user.click(screen.getByRole('button', { name: 'Review and save' }));
  await user.click(await screen.findByRole('button', { name: 'Save as a new version' }));
  await waitFor(() => expect(saved(asked)).toHaveLength(1));
  expect(saved(asked)[0]?.body).toEqual({ general: { region: 'us-west-2' }, options: {} });
  expect(saved(asked)[0]?.headers.get('If-Match')).toBe('"15-ghi"');
});

it('lets theirs hold', async () => {
  let value: unknown = report;
  server(() => ({ value, etag: '"13-abc"' }));
  const { user, queries } = await visit('/environments/staging/configuration');
  const field = await screen.findByRole('textbox', { name: 'region' });
  await user.clear(field);
  await user.type(field, 'us-west-2');
  value = { ...report, general: { ...(report.general as object), region: 'ap-south-1' } };
  await queries.invalidateQueries({ queryKey: ['config'] });
  await user.click(await screen.findByRole('button', { name: 'Take theirs for general.region' }));
  expect(field).toHaveValue('ap-south-1');
  expect(screen.queryByRole('region', { name: 'Changes that are not saved' })).not.toBeInTheDocument();
});

it('toggles a flag', async () => {
  const asked = server(() => ({ value: report, etag: '"13-abc"' }));
  const { user } = await visit('/environments/staging/configuration?view=flags');
  await user.click(await screen.findByRole('switch', { name: 'dark-mode is on' }));
  await user.click(screen.getByRole('button', { name: 'Review and save' }));
  await user.click(await screen.findByRole('button', { name: 'Save as a new version' }));
  await waitFor(() => expect(saved(asked)).toHaveLength(1));
  expect(saved(asked)[0]?.body).toMatchObject({ features: { flags: { 'dark-mode': { enabled: true } } } });
});
