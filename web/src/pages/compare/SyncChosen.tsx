import { Modal } from '@mantine/core';
import type { ComponentProps } from 'react';
import { SyncForm } from '~/dialogs/sync/SyncForm';
import { useText } from '~/text/text';

interface Props {
  begin: ComponentProps<typeof SyncForm>['begin'];
  /** With whether the form was gone through: what was chosen is chosen no more. */
  onClose: (done: boolean) => void;
}

/** What was chosen of the differences, about to be brought over. */
export function SyncChosen({ begin, onClose }: Props) {
  const text = useText();
  return (
    <Modal opened onClose={() => onClose(false)} title={text.sync.title} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <SyncForm begin={begin} onClose={() => onClose(true)} />
    </Modal>
  );
}
