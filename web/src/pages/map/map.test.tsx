import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { overviewFixture } from '~/pages/overview/overview.fixture';
import { render, visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';
import { layers } from './layers';
import { mapFixture } from './map.fixture';
import { MapList } from './MapList';

it('puts each further right than those that lead to it, and what is outside last', () => {
  expect(Object.fromEntries(layers(mapFixture))).toEqual({ users: 0, frontend: 1, backend: 2, cache: 3, database: 3, storage: 3 });
});

it('bears services that need each other in a circle', () => {
  const node = (name: string) => ({ name, managed: true, ready: 1, desired: 1, requestsPerSecond: 0, errorsPerSecond: 0 });
  const edge = (from: string, to: string) => ({ from, to, kind: 'depends_on' as const, requestsPerSecond: 0 });
  const at = layers({ nodes: [node('users'), node('a'), node('b')], edges: [edge('users', 'a'), edge('a', 'b'), edge('b', 'a')] });
  expect(at.get('a')).toBeGreaterThan(0);
  expect(at.get('b')).toBeGreaterThan(0);
});

it('reads as a list, what is unwell first', async () => {
  const sick = { ...mapFixture, nodes: mapFixture.nodes.map((node) => (node.name === 'backend' ? { ...node, status: 'unhealthy' as const, ready: 0 } : node)) };
  await render(<MapList map={sick} />);
  const list = screen.getByRole('list', { name: /Map of production/ });
  const [first] = within(list).getAllByRole('listitem');
  expect(first).toHaveTextContent(/^backendappunhealthy1\.3\.00 of 2 ready/);
  expect(first).toHaveTextContent('needs database');
});

it('shows the map of the environment in the address, and says what went wrong', async () => {
  const asked = serve({
    'GET /api/system/overview': overviewFixture,
    'GET /api/system/environments/staging/map': { ...mapFixture, environment: 'staging' },
    'GET /api/system/environments/production/map': () => problem('unavailable', 503, 'the agent does not answer'),
  });
  const { user } = await visit('/map?environment=staging&view=list');
  expect(await screen.findByRole('list', { name: /Map of staging/ })).toBeInTheDocument();
  expect(asked.some(({ path }) => path.includes('/production/map'))).toBe(false);
  await user.selectOptions(screen.getByRole('combobox', { name: 'Environment' }), 'production');
  expect(await screen.findByRole('alert', undefined, { timeout: 8000 })).toHaveTextContent('the agent does not answer');
}, 15_000);

it('says how to begin where nothing runs', async () => {
  const environments = overviewFixture.environments.map((one) => (one.name === 'staging' ? { ...one, version: '' } : one));
  serve({
    'GET /api/system/overview': { ...overviewFixture, environments },
    'GET /api/system/environments/staging/map': { ...mapFixture, environment: 'staging', nodes: [], edges: [] },
  });
  await visit('/map?environment=staging');
  expect(await screen.findByText('lockstep deploy staging 1.0.0')).toBeInTheDocument();
});
