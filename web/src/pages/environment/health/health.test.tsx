import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { visit } from '~/tests/render';
import { serve } from '~/tests/server';
import { environment, health, live, metrics, status } from '../fixtures';
import { chartData } from './chart-data';
import { scoreParts } from './score';

const base = '/api/system/environments/production';

describe('the score', () => {
  it('is reckoned as the server reckons it', () => {
    const parts = scoreParts(health.services);
    const sum = parts.reduce((all, { costs }) => all + costs, 0);
    expect(Math.min(99, Math.round(100 - sum))).toBe(health.score);
    expect(parts.find(({ name }) => name === 'cache')?.costs).toBeCloseTo(100 / 12);
    expect(parts.find(({ name }) => name === 'storage')?.value).toBeUndefined();
  });

  it('counts the instances of an app, and no disabled service', () => {
    const [backend, ...others] = health.services;
    if (!backend) throw new Error('no fixture');
    expect(scoreParts([{ ...backend, ready: 1, desired: 4 }])[0]?.costs).toBe(75);
    expect(scoreParts([{ ...backend, disabled: true, ready: 0 }, ...others])[0]).toMatchObject({ value: undefined, costs: 0 });
  });
});

describe('figures over time', () => {
  it('have a gap where nobody looked, as wide as it was', () => {
    const [point] = metrics.series;
    if (!point) throw new Error('no fixture');
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const series = [
      { ...point, at: at(2), covered: 1, cpu: 2 },
      { ...point, at: at(3), covered: 0, cpu: 0 },
      { ...point, at: at(5), covered: 0.5, cpu: 3 },
    ];
    const data = chartData({ series, from: at(0), until: at(5), stepMs: 60_000 }, [({ cpu }) => cpu]);
    expect(data.at).toHaveLength(6);
    expect(data.lines).toEqual([[null, null, 2, null, null, 3]]);
  });
});

it('shows what is wrong, who looks after it, and what to do', async () => {
  const asked = serve({
    [`GET ${base}`]: environment,
    [`GET ${base}/status`]: status,
    [`GET ${base}/health`]: health,
    [`GET ${base}/metrics`]: metrics,
    [`GET ${base}/security`]: { id: 'x', environment: 'production', checkedAt: '2026-11-22T19:33:59Z', counts: { low: 1 }, findings: [{ check: 'limits', severity: 'low', subject: 'backend', message: 'it may take all of the machine’s memory', do: 'give it a limit' }], checks: [] },
    [`POST ${base}/alerts/cache-down/acknowledge`]: health.alerts[0] ?? null,
    'GET /api/system/live': live,
  });
  const { user } = await visit('/environments/production/health');
  expect(await screen.findByText('cache costs 8.3 of 100 points')).toBeVisible();
  expect(await screen.findByText('give it a limit')).toBeVisible();
  expect(screen.getByRole('region', { name: 'Requests as a table' })).toBeInTheDocument();
  await user.type(screen.getByRole('textbox', { name: 'Comment on cache-down' }), 'I look');
  await user.click(screen.getByRole('button', { name: 'Acknowledge' }));
  expect(asked.find(({ method }) => method === 'POST')?.body).toEqual({ comment: 'I look' });
});
