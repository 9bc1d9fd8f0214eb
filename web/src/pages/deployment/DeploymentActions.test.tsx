import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { render, visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';
import { environments, live, progress, releases, waitingDeployment, waitingOperation } from '~/tests/sunday';
import { Headline } from './Headline';
import { PauseButton } from './PauseButton';

// There is nothing to draw on in jsdom.
vi.mock('./Chart', () => ({ Chart: ({ says }: { says: string }) => <figure aria-label={says} /> }));

const id = waitingDeployment.id;
const steps = waitingDeployment.steps.map((step) => (step.status === 'running' ? { ...step, status: 'completed' } : step));
const asked = { by: 'bo', at: '2026-11-22T19:47:00Z', reason: 'orders look odd', step: 8, before: 'shift-100-percent-to-new' };

const page = (deployment: object, more: object = {}) => ({
  'GET /api/system/environments': { items: environments, nextCursor: '' },
  'GET /api/system/live': live,
  'GET /api/system/projects': { items: [{ name: 'sunday' }] },
  'GET /api/system/releases': { items: releases, nextCursor: '' },
  'GET /api/system/approvals': { items: [] },
  'GET /api/system/deployments': { items: [], nextCursor: '' },
  [`GET /api/system/deployments/${id}`]: { ...waitingDeployment, ...deployment },
  [`GET /api/system/deployments/${id}/progress`]: progress,
  [`GET /api/system/operations/${id}`]: waitingOperation,
  ...more,
});

test('one that runs can be paused, with a reason', async () => {
  const requests = serve({ [`POST /api/system/deployments/${id}/pause`]: { ...waitingDeployment, pause: asked } });
  const { user } = await render(<PauseButton id={id} />);
  await user.click(screen.getByRole('button', { name: 'Pause' }));
  await user.click(await screen.findByRole('textbox', { name: 'Reason' }));
  await user.paste('orders look odd');
  await user.click(screen.getByRole('button', { name: 'Hold it' }));
  await vi.waitFor(() => expect(requests.find(({ method }) => method === 'POST')).toMatchObject({ path: `/api/system/deployments/${id}/pause`, body: { reason: 'orders look odd' } }));
});

test('why it cannot be paused stands beside the button', async () => {
  serve({ [`POST /api/system/deployments/${id}/pause`]: problem('conflict', 409, 'a pause before shift was asked for already by ana') });
  const { user } = await render(<PauseButton id={id} />);
  await user.click(screen.getByRole('button', { name: 'Pause' }));
  await user.click(await screen.findByRole('button', { name: 'Hold it' }));
  expect(await screen.findByText('a pause before shift was asked for already by ana')).toBeInTheDocument();
});

test('one that is held says by whom, since when and why, and can be resumed and cancelled', async () => {
  const requests = serve(page({ steps, pause: { ...asked, heldSince: '2026-11-22T19:47:10Z' } }, { [`POST /api/system/deployments/${id}/resume`]: waitingDeployment }));
  const { user } = await visit(`/deployments/${id}`);
  expect(await screen.findByText(/^Paused before shift-100-percent-to-new \(\d+ of \d+ steps done\)$/)).toBeInTheDocument();
  expect(screen.getByText(/^Paused by bo/)).toHaveTextContent(/: orders look odd$/);
  expect(screen.queryByRole('button', { name: 'Pause' })).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Cancel' })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Resume' }));
  await user.click(await screen.findByRole('button', { name: 'End the pause' }));
  await vi.waitFor(() => expect(requests.find(({ method }) => method === 'POST')).toMatchObject({ path: `/api/system/deployments/${id}/resume`, body: { step: 8 } }));
});

test('one that runs and nobody holds can be', async () => {
  serve(page({}));
  await visit(`/deployments/${id}`);
  expect(await screen.findByRole('button', { name: 'Pause' })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Resume' })).not.toBeInTheDocument();
});

const headline = { status: 'running' as const, told: new Map(), error: undefined, scheduledFor: undefined, cancelRequested: false };
const left = [{ seq: 8, phase: 'forward' as const, name: 'shift-100-percent-to-new', kind: 'shift_traffic' as const, do: {}, status: 'pending' as const, attempts: 0, duration: 0 }];

test('one that is going to be held says so', async () => {
  await render(<Headline {...headline} steps={left} pause={asked} />);
  expect(screen.getByText(/^It will hold before shift-100-percent-to-new: bo asked for that/)).toBeInTheDocument();
});

test('one that is taken back is held no more', async () => {
  await render(<Headline {...headline} steps={left} pause={asked} cancelRequested />);
  expect(screen.getByText(/A cancel was asked for/)).toBeInTheDocument();
  expect(screen.queryByText(/It will hold before/)).not.toBeInTheDocument();
});

test('who is in its way is named, and what that waits for', async () => {
  const waitingFor = {
    lock: 'project:p:live', live: true, since: '2026-11-22T19:40:00Z', holder: 'h-1', holderKind: 'deploy' as const, holderStatus: 'running' as const,
    holderUrl: '/api/system/deployments/h-1', holderEnvironment: 'standby', holderVersion: '1.0.0', holderStep: 'approve', holderWaitsFor: 'approval' as const,
  };
  await render(<Headline {...headline} steps={left} waitingFor={waitingFor} />, { pages: ['/deployments/h-1'] });
  expect(screen.getByText('Waits before shift-100-percent-to-new (0 of 1 steps done)')).toBeInTheDocument();
  const link = screen.getByRole('link', { name: 'the deployment of 1.0.0 to standby' });
  expect(link).toHaveAttribute('href', expect.stringContaining('/deployments/h-1'));
  expect(link.parentElement).toHaveTextContent(/^Waits for the live address, held by the deployment of 1\.0\.0 to standby, which waits for an approval at approve/);
});
