import type { DialogProps } from '~/dialogs/Dialogs';
import { DecideDialog } from '~/dialogs/approve/DecideDialog';

export function RejectDialog(props: DialogProps) {
  return <DecideDialog {...props} verdict="reject" />;
}
