import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Schema } from '~/api/client';
import { render } from '~/tests/render';
import { RunsIn, RunsInShort } from './RunsIn';

const release: Schema<'Release'> = {
  id: 'rel_1',
  projectId: 'prj_1',
  version: '1.2.0',
  services: [],
  createdAt: '2026-11-22T10:00:00Z',
  createdBy: 'lina',
  runsIn: ['development', 'staging', 'production', 'europe'].map((environment) => ({ environmentId: environment, environment, current: environment === 'production', stopped: false })),
  quarantined: [{ environment: 'canary', environmentId: 'canary', version: '1.2.0', deploymentId: 'dep_1', revisionId: 'rev_1', revisionHash: 'a1', at: '2026-11-22T11:00:00Z', automatic: true }],
};
const pages = ['/releases/1.2.0', ...['development', 'staging', 'production', 'europe'].map((name) => `/environments/${name}`)];

test('a row of the list names the current environment first and counts what has no room', async () => {
  await render(<RunsInShort release={release} />, { pages });
  expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['production', 'development', '+3']);
  expect(screen.getByRole('link', { name: 'and 3 more' })).toHaveAttribute('href', '/releases/1.2.0');
});

test('the release says all of it', async () => {
  await render(<RunsIn release={release} />, { pages });
  expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['production', 'development', 'staging', 'europe']);
  expect(screen.getByText('rolled back in canary')).toBeVisible();
});
