import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Schema } from '~/api/client';
import { serve } from '~/tests/server';
import { visit } from '~/tests/render';
import { isDecision } from './Decided';

const waits = (more: Partial<Schema<'Approval'>>): Schema<'Approval'> => ({
  operationId: 'a1',
  kind: 'deploy',
  environment: 'production',
  environmentId: 'e1',
  text: 'deployment of 2.1.0 to production',
  waitsFor: 'an approval before it begins',
  askedBy: 'omar',
  since: '2026-11-22T10:00:00Z',
  version: '2.1.0',
  mayApprove: true,
  ...more,
});

function server(items: Schema<'Approval'>[]) {
  const nothing = { items: [], nextCursor: '' };
  serve({
    'GET /api/system/approvals': { items, nextCursor: '' },
    'GET /api/system/history': nothing,
    'GET /api/system/environments': nothing,
    'GET /api/system/projects': { items: [{ id: 'p', name: 'sunday', pipeline: [] }], nextCursor: '' },
  });
}

describe('what waits for a word', () => {
  it('is told apart by whose word it is, and says why it is not mine', async () => {
    server([waits({}), waits({ operationId: 'a2', text: 'deployment of 2.2.0 to staging', mayApprove: false, whyNot: 'you asked for it yourself' })]);
    await visit('/approvals');
    const mine = await screen.findByRole('region', { name: 'Waits for you: 1' });
    expect(within(mine).getByRole('button', { name: 'Approve the deployment of 2.1.0 to production' })).not.toHaveAttribute('aria-disabled');
    const others = screen.getByRole('region', { name: 'Waits for others: 1' });
    const approve = within(others).getByRole('button', { name: 'Approve the deployment of 2.2.0 to staging' });
    expect(approve).toHaveAttribute('aria-disabled', 'true');
    expect(approve).toHaveAttribute('aria-description', 'you asked for it yourself');
  });

  it('is nobody’s to decide who may not approve', async () => {
    server([waits({})]);
    await visit('/approvals', { may: ['read'] });
    expect(await screen.findByText('Nothing waits for you')).toBeVisible();
    expect(screen.getByRole('button', { name: /^Reject/ })).toHaveAttribute('aria-disabled', 'true');
  });

  it('counts a no before the beginning as a decision, and a cancel as none', () => {
    const ended = { seq: 1, at: '2026-11-22T10:00:00Z', kind: 'deployment', type: 'operation.finished', text: 'x', result: 'cancelled' } as const;
    expect(isDecision({ ...ended, reason: 'rejected by olga: not on a Friday' })).toBe(true);
    expect(isDecision({ ...ended, reason: 'cancelled by olga' })).toBe(false);
    expect(isDecision({ ...ended, type: 'operation.approved' })).toBe(true);
  });
});
