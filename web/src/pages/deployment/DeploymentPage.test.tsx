import { screen, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';
import { environments, live, progress, releases, rolledBack, waiting, waitingDeployment, waitingOperation } from '~/tests/sunday';

// There is nothing to draw on in jsdom; what a chart says stands beside it.
vi.mock('./Chart', () => ({ Chart: ({ says }: { says: string }) => <figure aria-label={says} /> }));

const sunday = {
  'GET /api/system/environments': { items: environments, nextCursor: '' },
  'GET /api/system/live': live,
  'GET /api/system/projects': { items: [{ name: 'sunday' }] },
  'GET /api/system/releases': { items: releases, nextCursor: '' },
  'GET /api/system/approvals': { items: waiting },
  'GET /api/system/deployments': { items: [rolledBack], nextCursor: '' },
  [`GET /api/system/deployments/${rolledBack.id}`]: rolledBack,
  [`GET /api/system/deployments/${rolledBack.id}/progress`]: progress,
  [`GET /api/system/deployments/${waitingDeployment.id}`]: waitingDeployment,
  [`GET /api/system/operations/${waitingDeployment.id}`]: waitingOperation,
};

test('one that was taken back says where, why, and how many requests failed', async () => {
  serve(sunday);
  await visit(`/deployments/${rolledBack.id}`);
  expect(await screen.findByRole('heading', { level: 1, name: '1.4.0-rc1 to production' })).toBeInTheDocument();
  expect(screen.getByText('Rolled back at analyze-canary-at-10-percent')).toBeInTheDocument();
  expect(screen.getAllByText(/the canary is worse: after 11s/)).not.toHaveLength(0);
  expect(screen.getByText('On the way back')).toBeInTheDocument();
  expect(await screen.findByText(/^0 of [\d,]+, by whole minutes$/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Copy link' })).toBeInTheDocument();
  const row = screen.getByRole('row', { name: /1.4.0-rc1 \(new\)/ });
  expect(within(row).getAllByRole('cell')[0]).toHaveTextContent('19');
  expect(screen.queryByRole('button', { name: 'Cancel' })).not.toBeInTheDocument();
});

test('one that waits in the middle says for what, and can be approved, rejected and cancelled', async () => {
  serve(sunday);
  const { user } = await visit(`/deployments/${waitingDeployment.id}`);
  expect(await screen.findByRole('heading', { level: 1, name: '1.3.0 to standby' })).toBeInTheDocument();
  expect(screen.getAllByText(/Waits for somebody’s approval: Do the orders look right\?/)).toHaveLength(2); // in the headline, and at its step
  expect(screen.getByRole('button', { name: 'Reject' })).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Cancel' })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Approve' }));
  expect(await screen.findByRole('dialog', { name: /^Approve: / })).toBeInTheDocument();
});

test('one that is not there says so', async () => {
  serve({ ...sunday, 'GET /api/system/deployments/nothing': problem('not_found', 404, 'no deployment is called nothing') });
  await visit('/deployments/nothing');
  expect(await screen.findByText('no deployment is called nothing')).toBeInTheDocument();
});
