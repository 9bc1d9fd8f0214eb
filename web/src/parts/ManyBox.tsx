import { MultiSelect, type MultiSelectProps } from '@mantine/core';
import { useOpened } from './use-opened';

export function ManyBox({ opened, ...props }: MultiSelectProps & { opened: boolean }) {
  return (
    <div ref={useOpened(opened)} style={{ display: 'contents' }}>
      <MultiSelect {...props} defaultDropdownOpened={opened} />
    </div>
  );
}
