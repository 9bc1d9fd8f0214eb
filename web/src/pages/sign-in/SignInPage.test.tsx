import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { problem, serve } from '~/tests/server';
import { visit } from '~/tests/render';
import { localAddress } from './arrival';

const session = { name: 'ana', role: 'operator', permissions: ['read', 'write', 'approve'], key: 'half' };

it('signs in by a token and keeps the session’s key', async () => {
  const asked = serve({ 'POST /api/system/session': session });
  const { user } = await visit('/sign-in');
  await user.type(await screen.findByLabelText('Token'), 'secret');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(localStorage.getItem('lockstep.session')).toBe('half'));
  expect(asked[0]?.body).toEqual({ token: 'secret' });
});

it('says what is wrong with a token', async () => {
  serve({ 'POST /api/system/session': problem('unauthenticated', 401, 'the token is not known') });
  const { user } = await visit('/sign-in');
  await user.type(await screen.findByLabelText('Token'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('the token is not known');
});

it('asks for a token before it asks the server', async () => {
  const asked = serve({});
  const { user } = await visit('/sign-in');
  await user.click(await screen.findByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('Paste a token first.')).toBeInTheDocument();
  expect(asked).toHaveLength(0);
});

it('takes the code out of a one-time address and signs in by it, once', async () => {
  window.location.hash = '#code=abc';
  const asked = serve({ 'POST /api/system/session': session });
  await visit('/sign-in');
  await waitFor(() => expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1));
  expect(asked[0]?.body).toEqual({ code: 'abc' });
  expect(window.location.hash).toBe('');
});

it('goes back to pages of ours only', () => {
  expect(localAddress('/releases?q=2')).toBe('/releases?q=2');
  expect(localAddress('//evil.example/x')).toBe('/');
  expect(localAddress('https://evil.example/')).toBe('/');
  expect(localAddress('javascript:alert(1)')).toBe('/');
  expect(localAddress('/sign-in?next=/x')).toBe('/');
});
