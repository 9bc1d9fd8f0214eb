import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';
import { environment, health, live, scaling, status } from './fixtures';
// Loaded before the tests begin: none of them is about how fast that is.
import './change/ChangeModal';

const base = '/api/system/environments/production';

const table = {
  [`GET ${base}`]: environment,
  [`GET ${base}/status`]: status,
  [`GET ${base}/health`]: health,
  'GET /api/system/live': live,
  'GET /api/system/environments': { items: [environment], nextCursor: '' },
  'GET /api/system/deployments': { items: [], nextCursor: '' },
  'GET /api/system/schedules': { items: [], nextCursor: '' },
  'GET /api/system/schedules/deployments': { items: [], nextCursor: '' },
};

describe('an environment', () => {
  it('tells at a glance what it is, and what is wrong', async () => {
    serve(table);
    await visit('/environments/production');
    expect(await screen.findByRole('heading', { level: 1, name: 'production' })).toBeVisible();
    expect(await screen.findByText('current')).toBeVisible();
    expect(screen.getByText(/An alert is firing: cache-down/)).toBeVisible();
    const cache = await screen.findByRole('row', { name: /^cache/ });
    expect(within(cache).getByText('unhealthy')).toBeVisible();
    expect(within(cache).getByText(/the connection was refused/)).toBeVisible();
    expect(screen.getByText(/4: 4 public, 0 sensitive/)).toBeVisible();
    expect(screen.getByText(/configuration 2 is recorded and 1 runs/)).toBeVisible();
    expect(screen.getByText('version 1 runs, 2 is the latest')).toBeVisible();
  });

  it('marks the tab that is shown, and no other', async () => {
    serve(table);
    await visit('/environments/production/settings');
    const bar = await screen.findByRole('navigation', { name: 'Parts of production' });
    expect(within(bar).getByRole('link', { current: 'page' })).toHaveTextContent('Settings');
  });

  it('says why what may not be done may not be done', async () => {
    serve(table);
    await visit('/environments/production', { may: ['read'] });
    const deploy = await screen.findByRole('button', { name: 'Deploy' });
    expect(deploy).toHaveAttribute('aria-disabled', 'true');
    expect(deploy).toHaveAttribute('aria-description', expect.stringContaining('Your token may only read'));
  });

  it('does not offer to switch to where users are already', async () => {
    serve(table);
    await visit('/environments/production');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Switch' })).toHaveAttribute('aria-description', expect.stringContaining('leads here already')));
  });

  it('says so where there is no such environment', async () => {
    serve({ 'GET /api/system/environments/nowhere': problem('not_found', 404, 'no environment "nowhere"') });
    await visit('/environments/nowhere');
    expect(await screen.findByText('There is no environment “nowhere” here')).toBeVisible();
  });
});

describe('a change at once', () => {
  it('shows the plan, and is carried out once', async () => {
    const asked = serve({ ...table, [`POST ${base}/scale`]: scaling });
    const { user } = await visit('/environments/production');
    await user.click(await screen.findByRole('button', { name: 'One instance of backend more' }));
    const dialog = await screen.findByRole('dialog', { name: 'Scale backend in production' });
    expect(await within(dialog).findByText('scale/backend')).toBeVisible();
    expect(within(dialog).getByText('lockstep scale production backend=3')).toBeVisible();
    await user.click(await within(dialog).findByRole('button', { name: 'Scale' }));
    await waitFor(() => expect(asked.filter(({ method, path }) => method === 'POST' && !path.includes('dryRun'))).toHaveLength(1));
    const sent = asked.find(({ method, path }) => method === 'POST' && !path.includes('dryRun'));
    expect(sent?.body).toEqual({ services: { backend: 3 } });
    expect(sent?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('cannot be asked for where the gate says no', async () => {
    serve({ ...table, [`POST ${base}/scale`]: problem('refused_by_policy', 422, 'production is frozen until Monday') });
    await visit('/environments/production?change=scale&service=backend&to=4');
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('production is frozen until Monday')).toBeVisible();
    expect(within(dialog).getByRole('button', { name: 'Scale' })).toHaveAttribute('aria-disabled', 'true');
  });

  it('asks for the name of production before users lose it', async () => {
    const asked = serve({ ...table, [`POST ${base}/stop`]: { ...scaling, kind: 'stop' } });
    const { user } = await visit('/environments/production?change=stop');
    const dialog = await screen.findByRole('dialog', { name: 'Stop production' });
    await within(dialog).findByText('scale/backend');
    expect(within(dialog).getByRole('button', { name: 'Stop' })).toHaveAttribute('aria-disabled', 'true');
    await user.type(within(dialog).getByLabelText('Type production to confirm'), 'production');
    await user.click(within(dialog).getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(asked.some(({ method, path }) => method === 'POST' && path === `${base}/stop`)).toBe(true));
  });
});
