import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Tips } from '~/parts/Tips';
import { overviewFixture } from '~/pages/overview/overview.fixture';
import { render, visit } from '~/tests/render';
import { serve } from '~/tests/server';

const table = {
  'GET /api/system/overview': overviewFixture,
  'GET /api/system/projects': { items: [{ name: 'sunday' }, { name: 'monday' }], nextCursor: '' },
  'GET /api/system/environments': { items: [], nextCursor: '' },
};

it('loads the palette when it is asked for by its keys', async () => {
  serve(table);
  const { user } = await visit('/');
  await screen.findByRole('heading', { name: 'Overview', level: 1 });
  const before = screen.getAllByText('Environment map').length;
  await user.keyboard('{Control>}k{/Control}');
  expect(await screen.findByRole('textbox', { name: 'Find or do' })).toBeInTheDocument();
  expect(screen.getAllByText('Environment map').length).toBeGreaterThan(before);
});

it('loads the account’s menu, and signs out', async () => {
  const asked = serve({ ...table, 'DELETE /api/system/session': () => new Response(null, { status: 204 }) });
  localStorage.setItem('lockstep.session', 'k');
  const { user } = await visit('/');
  await user.click(await screen.findByRole('button', { name: 'Account' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
  expect(asked.some(({ method, path }) => method === 'DELETE' && path === '/api/system/session')).toBe(true);
});

it('lets choose among several projects', async () => {
  serve(table);
  await visit('/?project=monday');
  expect(await screen.findByRole('combobox', { name: 'Project' })).toHaveValue('monday');
});

it('shows a tip at the keyboard’s focus, and takes it away', async () => {
  const shows = vi.fn();
  const hides = vi.fn();
  Object.assign(HTMLElement.prototype, { showPopover: shows, hidePopover: hides });
  const { user } = await render(
    <>
      <button type="button" data-tip="why it is off">
        Deploy
      </button>
      <Tips />
    </>,
  );
  await user.tab();
  expect(shows).toHaveBeenCalledTimes(1);
  expect(screen.getByText('why it is off')).toBeInTheDocument();
  await user.keyboard('{Escape}');
  expect(hides).toHaveBeenCalledTimes(1);
});
