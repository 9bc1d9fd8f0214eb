import { Select } from '@mantine/core';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { render } from '~/tests/render';
import { useFew } from './few';

function Thousand() {
  return <Select label="Environment" data={Array.from({ length: 1000 }, (_, i) => `preview-${i}`)} searchable filter={useFew()} />;
}

it('offers the first of a thousand and says how many more there are', async () => {
  const { user } = await render(<Thousand />);
  await user.click(screen.getByLabelText('Environment', { selector: 'input' }));
  expect(await screen.findAllByRole('option')).toHaveLength(51);
  expect(screen.getByRole('option', { name: /^950 more/ })).toBeInTheDocument();
  await user.keyboard('preview-77');
  expect(screen.getAllByRole('option')).toHaveLength(11); // 77, and 770 to 779
});
