import { screen, waitFor } from '@testing-library/react';
import { expect, it, test } from 'vitest';
import { places } from '~/shell/navigation';
import { visit } from '~/tests/render';
import { problem, serve } from '~/tests/server';

const none = { 'GET /api/system/projects': { items: [], nextCursor: '' } };

test.each(places.filter(({ alone }) => alone !== true))('$name teaches what to type on a server without a project, and asks it for nothing', async ({ address }) => {
  const asked = serve(none);
  await visit(address);
  expect(await screen.findByText('lockstep apply -f environment-matrix.yaml')).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  expect(asked.map(({ path }) => path).filter((path) => !/projects|events/.test(path))).toEqual([]);
});

it('leads from an address of something to the first steps, and opens no dialog', async () => {
  serve(none);
  await visit('/environments/staging/logs?dialog=deploy');
  expect(await screen.findByRole('heading', { level: 1, name: 'There is no project yet' })).toBeInTheDocument();
  expect(screen.getByRole('link', { name: /first steps/ })).toHaveAttribute('href', '/');
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});

it('gives way to the page once there is a project', async () => {
  let items: object[] = [];
  serve({
    'GET /api/system/projects': () => ({ items, nextCursor: '' }),
    'GET /api/system/environments': { items: [], nextCursor: '' },
    'GET /api/system/approvals': { items: [] },
    'GET /api/system/history': { items: [], nextCursor: '' },
  });
  const { queries } = await visit('/approvals');
  await screen.findByText('lockstep apply -f environment-matrix.yaml');
  items = [{ name: 'shop' }];
  void queries.invalidateQueries({ queryKey: ['projects'] });
  await waitFor(() => expect(screen.queryByText('There is no project yet')).not.toBeInTheDocument());
  expect(await screen.findByText('Nothing waits for you')).toBeInTheDocument();
});

it('takes no page away while what could not be known is asked again', async () => {
  let answer = (): object | Promise<object> => problem('internal', 500, 'of the test');
  serve({
    'GET /api/system/projects': () => answer(),
    'GET /api/system/approvals': { items: [] },
    'GET /api/system/history': { items: [], nextCursor: '' },
  });
  const { queries } = await visit('/approvals');
  const page = await screen.findByText('Nothing waits for you');
  answer = () => new Promise(() => undefined);
  void queries.invalidateQueries({ queryKey: ['projects'] });
  await waitFor(() => expect(queries.isFetching({ queryKey: ['projects'] })).toBe(1));
  expect(page).toBeInTheDocument();
});
