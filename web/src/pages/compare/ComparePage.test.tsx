import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { difference, environment, production } from '~/tests/configured';
import { visit } from '~/tests/render';
import { serve } from '~/tests/server';
// Loaded before the tests begin: none of them is about how fast that is.
import './OneSync';
import './SyncChosen';

const planned = {
  id: '', projectId: 'p', source: 'staging', sourceEnvironmentId: 's', target: 'production', targetEnvironmentId: 't', syncType: 'partial', status: 'running', startedBy: 'test', startedAt: '2026-11-22T19:36:28Z',
  sourceVersion: 13, targetVersion: 9,
  changes: [
    { type: 'add', path: 'variables.RETRIES', newValue: '3', status: 'pending' },
    { type: 'modify', path: 'variables.LOG_FORMAT', oldValue: 'logfmt', newValue: 'json', status: 'skipped', reason: 'it is said for type production' },
  ],
};

function server() {
  return serve({
    'GET /api/system/environments': { items: [environment, production], nextCursor: '' },
    'GET /api/system/environments/staging/diff': difference,
    'POST /api/system/environments/production/sync': planned,
  });
}

it('shows each class with its number, and filters by it', async () => {
  server();
  const { user } = await visit('/compare?source=staging&target=production');
  const drifted = await screen.findByRole('button', { name: /Drifted/ });
  expect(drifted).toHaveTextContent(String(difference.counts.drifted));
  await user.click(drifted);
  await waitFor(() => expect(screen.queryByLabelText('Choose general.timezone')).not.toBeInTheDocument());
});

it('brings over what is chosen, as planned, once the name of production is typed', async () => {
  const asked = server();
  const { user } = await visit('/compare?source=staging&target=production');
  expect(await screen.findByLabelText('Choose variables.RETRIES')).toBeInTheDocument();
  expect(screen.queryByLabelText('Choose release')).not.toBeInTheDocument();
  await user.click(screen.getByLabelText('Choose variables.RETRIES'));
  await user.click(screen.getByRole('button', { name: 'Preview the sync into production' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/it is said for type production/)).toBeInTheDocument();
  expect(within(dialog).getByText('lockstep sync staging production --type partial --include variables.RETRIES')).toBeInTheDocument();
  const button = within(dialog).getByRole('button', { name: 'Sync 1 change' });
  expect(button).toBeDisabled();
  await user.type(within(dialog).getByLabelText('Type production to confirm'), 'production');
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  await waitFor(() => expect(asked.some(({ path, method }) => method === 'POST' && !path.includes('dryRun=true'))).toBe(true));
  const sent = asked.find(({ path, method }) => method === 'POST' && !path.includes('dryRun=true'));
  expect(sent?.body).toEqual({ sourceEnvironmentId: 'staging', syncType: 'partial', include: ['variables.RETRIES'], sourceVersion: 13, targetVersion: 9 });
});
