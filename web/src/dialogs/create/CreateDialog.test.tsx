import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { render } from '~/tests/render';
import { serve } from '~/tests/server';
import { CreateDialog } from './CreateDialog';

it('tries no name that can only be refused, and says at the field what is wrong', async () => {
  const asked = serve({
    'GET /api/system/environments': { items: [{ id: 'e', name: 'staging', type: 'staging' }], nextCursor: '' },
    'GET /api/system/config/templates': { items: [] },
    'POST /api/system/environments': { name: 'quality', type: 'custom', spec: { strategy: { primary: 'recreate' }, replicas: {} } },
  });
  const tried = () => asked.filter(({ method }) => method === 'POST').map(({ body }) => (body as { name: string }).name);
  const { user } = await render(<CreateDialog preset={{}} onClose={() => undefined} />);
  const name = screen.getByRole('textbox', { name: 'Name' });
  await waitFor(() => expect(asked.some(({ path }) => path.startsWith('/api/system/environments?'))).toBe(true));
  await user.type(name, 'staging');
  expect(await screen.findByText('There is one called staging already.')).toBeInTheDocument();
  await user.clear(name);
  await user.type(name, 'Qa');
  expect(await screen.findByText(/^3 to 30 lower-case letters/)).toBeInTheDocument();
  await user.clear(name);
  await user.type(name, 'quality');
  await waitFor(() => expect(tried()).toContain('quality'));
  expect(tried().filter((one) => one !== 'quality' && !/^(sta|stag|stagi|stagin|qua|qual|quali|qualit)$/.test(one))).toEqual([]);
});
