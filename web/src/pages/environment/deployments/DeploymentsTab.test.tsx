import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { visit } from '~/tests/render';
import { serve } from '~/tests/server';
import { environment, live, status } from '../fixtures';
import { deployments } from './fixtures';

const table = {
  'GET /api/system/environments/staging': environment,
  'GET /api/system/environments/staging/status': status,
  'GET /api/system/live': live,
  'GET /api/system/deployments': deployments,
};

it('says why a deployment was taken back, and by whom', async () => {
  serve(table);
  await visit('/environments/staging/deployments');
  const sick = await screen.findByRole('row', { name: /2\.3\.0/ });
  expect(within(sick).getByText('rolled back')).toBeVisible();
  expect(within(sick).getByText(/rolled back by itself; 2\.3\.0 .* did not pass standard validation/)).toBeVisible();
  const odd = screen.getByRole('row', { name: /2\.6\.0/ });
  expect(within(odd).getByText(/rolled back by hand; rolled back by admin/)).toBeVisible();
});

it('asks the server for a status, and looks for a version itself', async () => {
  const asked = serve(table);
  await visit('/environments/staging/deployments?status=rolled_back&version=2.6');
  expect(await screen.findByText('1 deployment')).toBeVisible();
  expect(asked.some(({ path }) => path.includes('status=rolled_back') && path.includes('environment=staging'))).toBe(true);
});
