import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { serve } from '~/tests/server';
import { visit } from '~/tests/render';
// Loaded before the tests begin: none of them is about how fast that is.
import './CreateToken';
import './RevokeToken';

const token = { id: 't1', name: 'ana', role: 'operator', createdAt: '2026-11-22T10:00:00Z', createdBy: 'admin' };
const rest = {
  'GET /api/system/environments': { items: [], nextCursor: '' },
  'GET /api/system/projects': { items: [{ id: 'p', name: 'sunday', pipeline: [] }], nextCursor: '' },
};

describe('tokens', () => {
  it('are asked for by name, role and end, and shown once', async () => {
    const asked = serve({ ...rest, 'GET /api/system/tokens': { items: [token], nextCursor: '' }, 'POST /api/system/tokens': { ...token, name: 'ci', token: 'lockstep_abc' } });
    const { user } = await visit('/tokens?create=true');
    const dialog = await screen.findByRole('dialog', { name: 'Create a token' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Name' }), 'ci');
    await user.click(within(dialog).getByRole('radio', { name: 'viewer' }));
    await user.click(within(dialog).getByRole('button', { name: 'Create a token' }));
    expect(await screen.findByText('lockstep_abc')).toBeVisible();
    expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'ci', role: 'viewer', expiresIn: '90d' });
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText('lockstep_abc')).toBeNull();
  });

  it('say how many browsers are signed in, and sign them out once it is clear whose', async () => {
    const asked = serve({ ...rest, 'GET /api/system/tokens': { items: [{ ...token, sessions: 3 }, { ...token, id: 't2', name: 'bo' }] }, 'DELETE /api/system/tokens/t1/sessions': { ended: 3 } });
    const { user } = await visit('/tokens');
    expect(await screen.findByRole('row', { name: /ana.*3 browsers/ })).toBeVisible();
    expect(screen.getByRole('row', { name: /bo.*nobody/ })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Sign out whoever is signed in as ana' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign out ana everywhere?' });
    expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
    await user.click(within(dialog).getByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(asked.some(({ method, path }) => method === 'DELETE' && path === '/api/system/tokens/t1/sessions')).toBe(true));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('are not asked for where one may not see them', async () => {
    const asked = serve(rest);
    await visit('/tokens', { may: ['read', 'write'] });
    expect(await screen.findByRole('heading', { name: 'Only the role admin sees and makes tokens' })).toBeVisible();
    expect(asked.some(({ path }) => path.includes('tokens'))).toBe(false);
  });
});
