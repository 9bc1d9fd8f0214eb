import { TagsInput, type TagsInputProps } from '@mantine/core';
import { useOpened } from './use-opened';

export function TagsBox({ opened, ...props }: TagsInputProps & { opened: boolean }) {
  return (
    <div ref={useOpened(opened)} style={{ display: 'contents' }}>
      <TagsInput {...props} />
    </div>
  );
}
