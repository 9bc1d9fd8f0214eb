import { screen, within } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Card } from '~/api/queries/overview';
import { visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';
import { overviewFixture } from './overview.fixture';

const open = vi.hoisted(() => vi.fn());
vi.mock('~/dialogs/use-dialog', () => ({ useDialog: () => ({ name: undefined, preset: {}, open, close: () => undefined }) }));

const around = {
  'GET /api/system/projects': { items: [{ name: 'sunday' }], nextCursor: '' },
  'GET /api/system/environments': { items: [], nextCursor: '' },
  'GET /api/system/schedules/deployments': { items: [], nextCursor: '' },
  'GET /api/system/deployments': { items: [], nextCursor: '' },
};

beforeEach(() => open.mockReset());

async function show(overview: object = overviewFixture, options: Parameters<typeof visit>[1] = {}, address = '/') {
  serve({ ...around, 'GET /api/system/overview': overview });
  const shown = await visit(address, options);
  await screen.findByRole('heading', { level: 1, name: 'Overview' });
  return shown;
}

it('says first what is wrong, with the way to undo it', async () => {
  const { user } = await show();
  const wrong = await screen.findByRole('region', { name: /Needs a look/ });
  expect(wrong.compareDocumentPosition(screen.getByRole('region', { name: 'Current environment' }))).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  const [worst] = within(wrong).getAllByRole('listitem');
  expect(worst).toHaveTextContent(/^quality is in the state failed/);
  await user.click(within(wrong).getByRole('button', { name: 'Roll back quality' }));
  expect(open).toHaveBeenCalledWith('rollback', expect.objectContaining({ environment: 'quality' }));
});

it('promotes from the arrow between two stages', async () => {
  const { user } = await show();
  const pipeline = await screen.findByRole('region', { name: 'Pipeline' });
  expect(pipeline).toHaveTextContent('1 release ahead');
  await user.click(within(pipeline).getByRole('button', { name: 'Promote 2.0.0 to production' }));
  expect(open).toHaveBeenCalledWith('promote', { environment: 'production', source: 'staging', version: '2.0.0' });
});

it.each([
  ['3.0.0', 'ahead of staging'],
  ['2.0.0', 'level'],
])('says of production with %s that it is %s', async (version, says) => {
  const environments = overviewFixture.environments.map((card) => (card.name === 'production' ? { ...card, version, behind: { environment: 'staging', releases: 0, newest: '2.0.0' } } : card));
  await show({ ...overviewFixture, environments });
  const pipeline = await screen.findByRole('region', { name: 'Pipeline' });
  expect(within(pipeline).getAllByRole('listitem').map(({ textContent }) => textContent)).toContain(says);
});

it('does not look for environments where none stands outside but the stand-by, beside the pipeline', async () => {
  await show({ ...overviewFixture, environments: overviewFixture.environments.filter(({ role }) => ['stage', 'live', 'standby'].includes(role)) });
  expect(await screen.findByRole('article', { name: 'standby' })).toBeInTheDocument();
  expect(screen.queryByText(/No environment is like that/)).not.toBeInTheDocument();
});

it('has approved what waits, and rejected', async () => {
  const { user } = await show();
  const waiting = await screen.findByRole('region', { name: 'Waits for approval' });
  const [first] = overviewFixture.approvals;
  await user.click(within(waiting).getByRole('button', { name: `Reject: ${first?.text}` }));
  expect(open).toHaveBeenCalledWith('reject', { environment: 'production', id: first?.operationId });
});

it('turns off what cannot be done, and says why', async () => {
  await show(overviewFixture, { may: ['read'] });
  const production = await screen.findByRole('article', { name: 'production' });
  expect(within(production).getByRole('button', { name: 'Deploy to production' })).toHaveAccessibleDescription(/operator or admin/);
  expect(within(production).getByRole('button', { name: 'Approve in production' })).toHaveAccessibleDescription(/may not approve/);
});

it('does not roll back under a deployment that runs, nor what was never deployed', async () => {
  const running = overviewFixture.environments.map((card) => (card.operation ? { ...card, operation: { ...card.operation, status: 'running' } } : card));
  await show({ ...overviewFixture, environments: running });
  expect(await screen.findByRole('button', { name: 'Roll back production' })).toHaveAccessibleDescription(/under way/);
  expect(screen.getByRole('button', { name: 'Roll back dr-west' })).toHaveAccessibleDescription(/nothing to go back to/);
  expect(screen.getByRole('button', { name: 'Roll back standby' })).not.toHaveAttribute('aria-disabled');
});

it('says who is held by whom, and who waits for another one', async () => {
  const operation = { id: 'd-1', kind: 'deploy', status: 'running', since: '2026-11-22T19:40:00Z', step: 'switch-traffic-to-green' };
  const pause = { by: 'bo', at: '2026-11-22T19:40:00Z', step: 7, before: 'switch-traffic-to-green', heldSince: '2026-11-22T19:41:00Z' };
  const waitingFor = {
    lock: 'project:p:live', live: true, since: '2026-11-22T19:40:00Z', holder: 'h-1', holderKind: 'deploy', holderStatus: 'running',
    holderUrl: '/api/system/deployments/h-1', holderEnvironment: 'standby', holderVersion: '1.0.0', holderStep: 'approve', holderWaitsFor: 'approval',
  };
  const environments = overviewFixture.environments.map((card) => {
    if (card.name === 'staging') return { ...card, operation: { ...operation, pause } };
    return card.name === 'production' ? { ...card, operation: { ...operation, waitingFor } } : card;
  });
  await show({ ...overviewFixture, environments });
  const production = await screen.findByRole('article', { name: 'production' });
  expect(production).toHaveTextContent(/waits for 1\.0\.0 → standby, which waits for an approval at approve/);
  expect(within(production).getByRole('link', { name: '1.0.0 → standby' })).toHaveAttribute('href', expect.stringContaining('/deployments/h-1'));
  expect(screen.getByRole('article', { name: 'staging' })).toHaveTextContent(/, paused by bo/);
});

it('keeps the stages as cards and a thousand others as few rows, and filters them by the address', async () => {
  const [template] = overviewFixture.environments.filter(({ name }) => name === 'quality');
  const many = Array.from({ length: 1000 }, (_, i): Partial<Card> => ({ ...template, id: String(i), name: `pr-${i}`, status: 'active', role: 'ephemeral', version: i === 700 ? '9.9.9' : '1.0.0' }));
  await show({ ...overviewFixture, environments: [...overviewFixture.environments, ...many] }, {}, '/?q=9.9.9');
  expect(await screen.findByRole('article', { name: 'production' })).toBeInTheDocument();
  expect(await screen.findByText('1 of 1,000')).toBeInTheDocument();
  expect(screen.getByRole('searchbox', { name: 'Filter environments' })).toHaveValue('9.9.9');
  expect(screen.getByRole('article', { name: 'pr-700' })).toBeInTheDocument();
});

it('has a thousand others without making a thousand rows', async () => {
  const [template] = overviewFixture.environments.filter(({ name }) => name === 'standby');
  const many = Array.from({ length: 1000 }, (_, i): Partial<Card> => ({ ...template, id: String(i), name: `pr-${i}`, role: 'ephemeral' }));
  await show({ ...overviewFixture, environments: [...overviewFixture.environments, ...many] });
  const table = await screen.findByRole('table', { name: 'Previews and other short-lived ones' });
  expect(table).toHaveAttribute('aria-rowcount', '1001');
  expect(within(table).getAllByRole('row').length).toBeLessThan(60);
});

it('says on an empty server what to do first', async () => {
  await show({ ...overviewFixture, environments: [], approvals: [], recent: [], pipeline: [] });
  expect(await screen.findByText('lockstep apply -f environment-matrix.yaml')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Deploy' })).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Create' })).toBeInTheDocument();
});

it('says what went wrong and asks again', async () => {
  let broken = true;
  serve({ ...around, 'GET /api/system/overview': () => (broken ? problem('internal', 500, 'an internal error', { reference: 'a1b2' }) : overviewFixture) });
  const { user } = await visit('/');
  expect(await screen.findByRole('alert')).toHaveTextContent('a1b2');
  broken = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('article', { name: 'production' })).toBeInTheDocument();
});

it('speaks Indonesian', async () => {
  serve({ ...around, 'GET /api/system/overview': overviewFixture });
  await visit('/', { language: 'id' });
  expect(await screen.findByRole('region', { name: 'Alur' })).toHaveTextContent('2.0.0 dipasang ke staging');
});
