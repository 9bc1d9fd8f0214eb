import type { DialogProps } from '~/dialogs/Dialogs';
import { DecideDialog } from './DecideDialog';

export function ApproveDialog(props: DialogProps) {
  return <DecideDialog {...props} verdict="approve" />;
}
