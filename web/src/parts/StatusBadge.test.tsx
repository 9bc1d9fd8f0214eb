import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { render } from '~/tests/render';
import { HealthBadge, StatusBadge, StepBadge } from './StatusBadge';

it('says a status in words', async () => {
  await render(<StatusBadge status="pending_approval" />);
  expect(screen.getByText('waits for approval')).toBeInTheDocument();
});

it('says it in Indonesian', async () => {
  await render(<StatusBadge status="rolled_back" />, { language: 'id' });
  expect(await screen.findByText('dikembalikan')).toBeInTheDocument();
});

it('shows a health that it does not know as it is', async () => {
  await render(<HealthBadge health="sleepy" />);
  expect(screen.getByText('sleepy')).toBeInTheDocument();
});

it('tells a failed step that is optional from one that matters', async () => {
  await render(<StepBadge status="failed" warning />);
  expect(screen.getByText('failed, optional')).toBeInTheDocument();
});
