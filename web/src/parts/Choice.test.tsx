import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { render } from '~/tests/render';
import { MultiSelect, Select, TagsInput } from './Choice';
import './ManyBox'; // loaded before the tests begin: none of them is about how fast that is
import './TagsBox';

function One({ clearable = false }) {
  const [value, setValue] = useState<string | null>('b');
  return <Select label="Letter" data={[{ group: 'all', items: [{ value: 'a', label: 'Alpha' }, { value: 'b', label: 'Beta' }] }]} value={value} onChange={setValue} searchable clearable={clearable} clearButtonProps={{ 'aria-label': 'Clear' }} />;
}

it('shows what is chosen, and opens at a click', async () => {
  const { user } = await render(<One />);
  expect(screen.getByRole('combobox', { name: 'Letter' })).toHaveValue('Beta');
  expect(screen.queryByRole('option')).toBeNull();
  await user.click(screen.getByRole('combobox', { name: 'Letter' }));
  await user.click(await screen.findByRole('option', { name: 'Alpha' }));
  expect(screen.getByRole('combobox', { name: 'Letter' })).toHaveValue('Alpha');
});

it('opens by the keyboard, and keeps the focus', async () => {
  const { user } = await render(<One />);
  await user.tab();
  expect(screen.getByRole('combobox', { name: 'Letter' })).toHaveFocus();
  await user.keyboard('{ArrowDown}');
  expect(await screen.findByRole('option', { name: 'Alpha' })).toBeVisible();
  expect(screen.getByRole('combobox', { name: 'Letter' })).toHaveFocus();
});

it('has its button where something can be cleared', async () => {
  const { user } = await render(<One clearable />);
  await user.click(screen.getByLabelText('Clear'));
  expect(screen.getByRole('combobox', { name: 'Letter' })).toHaveValue('');
});

it('takes several, and words', async () => {
  function Several() {
    const [chosen, setChosen] = useState<string[]>([]);
    const [words, setWords] = useState<string[]>([]);
    return (
      <>
        <MultiSelect label="Services" data={['api', 'web']} value={chosen} onChange={setChosen} />
        <TagsInput label="Words" value={words} onChange={setWords} />
        <output>{[...chosen, ...words].join(' ')}</output>
      </>
    );
  }
  const { user } = await render(<Several />);
  await user.click(screen.getByRole('combobox', { name: 'Services' }));
  await user.click(await screen.findByRole('option', { name: 'web' }));
  const plain = screen.getByLabelText('Words', { selector: 'input' });
  await user.click(plain);
  await waitFor(() => {
    expect(screen.getByLabelText('Words', { selector: 'input' })).not.toBe(plain);
    expect(screen.getByLabelText('Words', { selector: 'input' })).toHaveFocus();
  });
  await user.keyboard('new{Enter}');
  expect(screen.getByRole('status')).toHaveTextContent('web new');
});
