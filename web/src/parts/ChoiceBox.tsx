import { Select, type SelectProps } from '@mantine/core';
import { useOpened } from './use-opened';

export function OneBox({ opened, ...props }: SelectProps & { opened: boolean }) {
  return (
    <div ref={useOpened(opened)} style={{ display: 'contents' }}>
      <Select {...props} defaultDropdownOpened={opened} />
    </div>
  );
}
