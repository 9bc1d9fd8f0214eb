import { Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '~/text/text';
import classes from './DialogFrame.module.css';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A dialog: its name, its content, a way out. On a phone it is the screen. */
export function DialogFrame({ title, onClose, children, wide = false }: Props) {
  const t = useText().parts;
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={wide ? 720 : 560}
      padding="lg"
      closeButtonProps={{ 'aria-label': t.close }}
      classNames={{ inner: classes.inner, content: classes.content, title: classes.title }}
    >
      <Stack gap="md">{children}</Stack>
    </Modal>
  );
}
