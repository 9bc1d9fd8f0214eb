import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { visit } from '~/tests/render';
import { problem, serve, type Asked } from '~/tests/server';
import { environments, live, preview, productionPreview, releases, rolledBack } from '~/tests/sunday';

const sunday = {
  'GET /api/system/environments': { items: environments, nextCursor: '' },
  'GET /api/system/environments/staging': environments.find(({ name }) => name === 'staging') ?? {},
  'GET /api/system/environments/production': environments.find(({ name }) => name === 'production') ?? {},
  'GET /api/system/releases': { items: releases, nextCursor: '' },
  'GET /api/system/live': live,
  'GET /api/system/projects': { items: [{ name: 'sunday' }] },
};
const inDialog = async (name: string) => within(await screen.findByRole('dialog')).findByRole('button', { name });
const asking = ({ path }: Asked) => path.includes('dryRun=true');

test('the button is live once the gate has answered for what is in the form, and deploys just that', async () => {
  const asked = serve({
    ...sunday,
    'POST /api/system/environments/staging/deploy': (request: Asked) => (asking(request) ? preview : { ...rolledBack, id: 'made' }),
  });
  const { user } = await visit('/releases?dialog=deploy&on=staging&release=1.3.0');
  const button = await inDialog('Deploy');
  expect(await screen.findByText('The gate lets it pass')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Description'), 'once more');
  expect(button).toHaveAttribute('aria-description', 'The gate is being asked.'); // about what is in the form now
  await user.click(button);
  expect(asked.some((request) => request.method === 'POST' && !asking(request))).toBe(false);
  expect(screen.getByText("lockstep deploy staging 1.3.0 --description 'once more'")).toBeInTheDocument();
  await waitFor(() => expect(asked.filter(asking).at(-1)?.body).toMatchObject({ description: 'once more' }));
  await waitFor(async () => expect(await inDialog('Deploy')).not.toHaveAttribute('aria-disabled'));
  await user.click(await inDialog('Deploy'));
  await waitFor(() => expect(asked.find((request) => request.method === 'POST' && !asking(request))?.body).toEqual({ version: '1.3.0', description: 'once more' }));
  const sent = asked.find((request) => request.method === 'POST' && !asking(request));
  expect(sent?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  await waitFor(() => expect(asked.some(({ path }) => path.startsWith('/api/system/deployments/made'))).toBe(true)); // it leads there
});

test('where users are it wants the name', async () => {
  serve({ ...sunday, 'POST /api/system/environments/production/deploy': productionPreview });
  const { user } = await visit('/releases?dialog=deploy&on=production&release=1.1.0');
  const button = await inDialog('Ask for the deployment');
  await waitFor(() => expect(button).toHaveAttribute('aria-description', 'Type production first.'));
  await user.type(screen.getByLabelText('Type production to confirm'), 'production');
  expect(await inDialog('Ask for the deployment')).not.toHaveAttribute('aria-disabled');
});

test('a refusal that a force goes past asks for a reason, and sends both', async () => {
  const message = '1.3.0 has run in development for 9s of 1h';
  const asked = serve({
    ...sunday,
    'POST /api/system/environments/staging/deploy': ({ body }: Asked) =>
      (body as { force?: boolean }).force
        ? { ...preview, gate: { ...preview.gate, reasons: [{ code: 'forced', message }] } }
        : { ...preview, gate: { ...preview.gate, allowed: false, reasons: [{ code: 'prerequisite_not_met', message, until: '2026-11-22T20:00:00Z' }] } },
  });
  const { user } = await visit('/releases?dialog=deploy&on=staging&release=1.3.0');
  expect(await screen.findByText('The gate says no')).toBeInTheDocument();
  expect(await inDialog('Deploy')).toHaveAttribute('aria-description', expect.stringContaining('refused'));
  await user.click(screen.getByRole('checkbox', { name: /Go on although/ }));
  await user.type(screen.getByLabelText(/^Reason/), 'the cellar floods');
  await waitFor(() => expect(asked.filter(asking).at(-1)?.body).toEqual({ version: '1.3.0', force: true, reason: 'the cellar floods' }));
  expect(await screen.findByText('The gate lets it pass')).toBeInTheDocument();
});

test('only the strategies that the environment allows can be chosen', async () => {
  serve({ ...sunday, 'POST /api/system/environments/staging/deploy': preview });
  const { user } = await visit('/releases?dialog=deploy&on=staging');
  await user.click(await screen.findByRole('combobox', { name: 'Strategy' }));
  expect((await screen.findAllByRole('option')).map((option) => option.textContent)).toEqual(['rolling (the usual one)', 'blue-green']);
});

test('who may only read is told so at the button', async () => {
  serve({ ...sunday, 'POST /api/system/environments/staging/deploy': problem('forbidden', 403, 'this token may not write') });
  await visit('/releases?dialog=deploy&on=staging', { may: ['read'] });
  const dialog = await screen.findByRole('dialog');
  expect(await screen.findByText('this token may not write')).toBeInTheDocument();
  expect(dialog.querySelector('[aria-description^="Your token may only read"]')).not.toBeNull();
});
