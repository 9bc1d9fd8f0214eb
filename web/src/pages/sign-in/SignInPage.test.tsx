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

const bo = { ...session, name: 'bo', role: 'viewer' };

it('asks before it lets go of who is signed in, and does not use a code up before', async () => {
  localStorage.setItem('lockstep.session', 'half');
  window.location.hash = '#code=abc';
  const asked = serve({ 'GET /api/system/session': session, 'POST /api/system/session?dryRun=true': bo, 'POST /api/system/session': { ...bo, key: 'other' } });
  const { user } = await visit('/sign-in');
  expect(await screen.findByRole('heading', { name: 'You are signed in as ana (operator)' })).toBeVisible();
  expect(screen.getByText(/signs in as bo \(viewer\)/)).toBeVisible();
  const used = () => asked.filter(({ method, path }) => method === 'POST' && path === '/api/system/session');
  expect(used()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Sign in as bo' }));
  await waitFor(() => expect(localStorage.getItem('lockstep.session')).toBe('other'));
  expect(used().map(({ body }) => body)).toEqual([{ code: 'abc' }]);
});

it('leaves a session that is kept as it was', async () => {
  localStorage.setItem('lockstep.session', 'half');
  const asked = serve({ 'GET /api/system/session': session, 'POST /api/system/session?dryRun=true': bo });
  const { user } = await visit('/sign-in?next=/settings');
  await user.type(await screen.findByLabelText('Token'), 'of bo');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText(/This token is of bo \(viewer\)/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Stay ana' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  expect(localStorage.getItem('lockstep.session')).toBe('half');
  expect(asked.some(({ method, path }) => method === 'POST' && path === '/api/system/session')).toBe(false);
});

it('does not ask where it is the same person, or the session is over', async () => {
  localStorage.setItem('lockstep.session', 'half');
  window.location.hash = '#code=abc';
  const asked = serve({ 'GET /api/system/session': problem('unauthenticated', 401, 'sign in again'), 'POST /api/system/session': { ...bo, key: 'other' } });
  await visit('/sign-in');
  await waitFor(() => expect(localStorage.getItem('lockstep.session')).toBe('other'));
  expect(asked.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/api/system/session']);
});

it('keeps the session where another token is wrong', async () => {
  localStorage.setItem('lockstep.session', 'half');
  serve({ 'GET /api/system/session': session, 'POST /api/system/session?dryRun=true': problem('unauthenticated', 401, 'the token is not known') });
  const { user } = await visit('/sign-in');
  await user.type(await screen.findByLabelText('Token'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('the token is not known');
  expect(localStorage.getItem('lockstep.session')).toBe('half');
});

it('goes back to pages of ours only', () => {
  expect(localAddress('/releases?q=2')).toBe('/releases?q=2');
  expect(localAddress('//evil.example/x')).toBe('/');
  expect(localAddress('https://evil.example/')).toBe('/');
  expect(localAddress('javascript:alert(1)')).toBe('/');
  expect(localAddress('/sign-in?next=/x')).toBe('/');
});
