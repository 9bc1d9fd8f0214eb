import { Modal } from '@mantine/core';
import type { ComponentProps } from 'react';
import { useText } from '~/text/text';
import { ChangeForm } from './ChangeForm';

export function ChangeModal(props: ComponentProps<typeof ChangeForm>) {
  const { environment: t, parts } = useText();
  const { name, service, environment, onDone } = props;
  return (
    <Modal opened onClose={onDone} title={t.change.titles[name](environment.name, service ?? '')} closeButtonProps={{ 'aria-label': parts.close }} size="lg">
      <ChangeForm {...props} />
    </Modal>
  );
}
