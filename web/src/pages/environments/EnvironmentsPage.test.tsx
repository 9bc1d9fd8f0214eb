import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { visit } from '~/tests/render';
import { serve } from '~/tests/server';
import { environments } from './fixtures';
import { found, listSearch } from './list-search';

const names = (search: Record<string, unknown>, of = environments) => found(of, listSearch(search)).map(({ name }) => name);

describe('the list of environments', () => {
  it('finds by words, type, health and tag', () => {
    expect(names({})).toEqual(['development', 'production', 'staging', 'standby']);
    expect(names({ q: 'stag' })).toEqual(['staging']);
    expect(names({ q: 'payments 2.4' })).toEqual(['production']);
    expect(names({ type: 'production' })).toEqual(['production', 'standby']);
    expect(names({ health: 'unwell' })).toEqual(['production']);
    expect(names({ tag: 'team=payments' })).toEqual(['production']);
    expect(names({ type: 'no such type' })).toHaveLength(4);
  });

  it('leaves archived ones out until they are asked for', () => {
    const some = environments.map((each) => (each.name === 'standby' ? { ...each, status: 'archived' as const } : each));
    expect(names({}, some)).not.toContain('standby');
    expect(names({ status: 'archived' }, some)).toEqual(['standby']);
  });

  it('filters as one types, and says how many there are', async () => {
    serve({ 'GET /api/system/environments': { items: environments, nextCursor: '' } });
    const { user } = await visit('/environments');
    expect(await screen.findByText('4 environments')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: 'Search' }), 'sta');
    expect(await screen.findByText('2 of 4 environments')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Search' })).toHaveValue('sta');
    await user.type(screen.getByRole('textbox', { name: 'Search' }), 'xyz');
    expect(await screen.findByText('None is like that')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show all' }));
    expect(await screen.findByText('4 environments')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Search' })).toHaveValue('');
  });

  it('asks for services only where they are shown', async () => {
    const asked = serve({ 'GET /api/system/environments': { items: environments, nextCursor: '' } });
    const { user } = await visit('/environments');
    await screen.findByText('4 environments');
    expect(asked.some(({ path }) => path.endsWith('/status'))).toBe(false);
    await user.click(screen.getByRole('checkbox', { name: 'Show services' }));
    await waitFor(() => expect(asked.some(({ path }) => path.endsWith('/staging/status'))).toBe(true));
  });

  it('shows a thousand with few rows', async () => {
    const first = environments[0];
    if (!first) throw new Error('no fixture');
    const items = Array.from({ length: 1000 }, (_, i) => ({ ...first, id: `id-${i}`, name: `env-${i}` }));
    serve({ 'GET /api/system/environments': { items, nextCursor: '' } });
    await visit('/environments');
    expect(await screen.findByText('1,000 environments')).toBeVisible();
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '1001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });
});
