import { Modal } from '@mantine/core';
import { useText } from '~/text/text';
import type { DialogProps } from '../Dialogs';
import { SyncForm } from './SyncForm';

/** Brings the configuration of one environment into another. */
export function SyncDialog({ preset, onClose }: DialogProps) {
  const text = useText();
  return (
    <Modal opened onClose={onClose} title={text.sync.title} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <SyncForm begin={{ source: preset.source ?? '', target: preset.environment ?? '' }} onClose={onClose} />
    </Modal>
  );
}
