import { screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { visit } from '~/tests/render';
import { serve } from '~/tests/server';
import { environments, live, releases, waiting, waitingDeployment, waitingOperation } from '~/tests/sunday';

const sunday = {
  'GET /api/system/environments': { items: environments, nextCursor: '' },
  'GET /api/system/releases': { items: releases, nextCursor: '' },
  'GET /api/system/live': live,
  'GET /api/system/projects': { items: [{ name: 'sunday' }] },
  'GET /api/system/approvals': { items: waiting },
  [`GET /api/system/operations/${waitingOperation.id}`]: waitingOperation,
  [`GET /api/system/deployments/${waitingOperation.id}`]: waitingDeployment,
};

test('an approval names the revision and the step that were looked at', async () => {
  const asked = serve({ ...sunday, [`POST /api/system/deployments/${waitingOperation.id}/approve`]: waitingDeployment });
  const { user } = await visit(`/releases?dialog=approve&id=${waitingOperation.id}`);
  expect(await screen.findByText('Do the orders look right?')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Note'), 'they do');
  await user.click(screen.getByRole('button', { name: 'Approve' }));
  await waitFor(() => expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ comment: 'they do', revisionHash: waiting[0]?.revisionHash, step: waiting[0]?.step }));
});

test('who may not approve it is told why', async () => {
  serve({ ...sunday, 'GET /api/system/approvals': { items: waiting.map((each) => ({ ...each, mayApprove: false, whyNot: 'whoever asked for it may not approve it' })) } });
  await visit(`/releases?dialog=reject&on=standby`);
  const button = await screen.findByRole('button', { name: 'Reject' });
  expect(button).toHaveAttribute('aria-description', 'whoever asked for it may not approve it');
  expect(button).toHaveAttribute('aria-disabled', 'true');
});

test('where nothing waits any more it says so', async () => {
  serve({ ...sunday, 'GET /api/system/approvals': { items: [] } });
  await visit('/releases?dialog=approve&on=standby');
  expect(await screen.findByText('Nothing waits for a word here')).toBeInTheDocument();
});
