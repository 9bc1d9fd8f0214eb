import { screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { render } from '~/tests/render';
import { NumberField } from './NumberField';

function Field({ whole = false }) {
  const [value, setValue] = useState<number | undefined>(3);
  return (
    <>
      <NumberField label="How many" value={value} onChange={setValue} whole={whole} />
      <output>{value ?? 'none'}</output>
      <button onClick={() => setValue(7)}>Seven</button>
    </>
  );
}

it('takes what one types once it is a number', async () => {
  const { user } = await render(<Field />);
  const field = screen.getByRole('textbox', { name: 'How many' });
  await user.clear(field);
  expect(screen.getByRole('status')).toHaveTextContent('none');
  await user.type(field, '-');
  expect(field).toHaveValue('-');
  expect(screen.getByRole('status')).toHaveTextContent('none');
  await user.type(field, '1.x50');
  expect(field).toHaveValue('-1.50');
  expect(screen.getByRole('status')).toHaveTextContent('-1.5');
  await user.keyboard('{ArrowUp}');
  expect(field).toHaveValue('-0.5');
  await user.click(screen.getByRole('button', { name: 'Seven' }));
  expect(field).toHaveValue('7');
});

it('takes no fraction where there is none', async () => {
  const { user } = await render(<Field whole />);
  await user.type(screen.getByRole('textbox', { name: 'How many' }), '.5');
  expect(screen.getByRole('textbox', { name: 'How many' })).toHaveValue('35');
});
