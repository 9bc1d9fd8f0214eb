import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { withTexts } from '~/text/with-texts';
import { DialogCommands } from './DialogCommands';
import type { DialogName, DialogPreset } from './search';
import { useDialog } from './use-dialog';

export interface DialogProps {
  preset: DialogPreset;
  onClose: () => void;
}

type Dialog = LazyExoticComponent<ComponentType<DialogProps>>;

function dialog<Module>(load: () => Promise<Module>, pick: (module: Module) => ComponentType<DialogProps>): Dialog {
  return lazy(async () => ({ default: pick(await load()) }));
}

/** Each loaded when it is opened first. One that is not here cannot be opened. */
const table: Partial<Record<DialogName, Dialog>> = {
  sync: dialog(withTexts(['compare', 'sync'], () => import('./sync/SyncDialog')), ({ SyncDialog }) => SyncDialog),
  clone: dialog(withTexts(['dialogs', 'sync'], () => import('./clone/CloneDialog')), ({ CloneDialog }) => CloneDialog),
  export: dialog(withTexts(['sync'], () => import('./export/ExportDialog')), ({ ExportDialog }) => ExportDialog),
  create: dialog(withTexts(['dialogs', 'templates'], () => import('./create/CreateDialog')), ({ CreateDialog }) => CreateDialog),
  deploy: dialog(withTexts(['dialogs', 'first'], () => import('./deploy/DeployDialog')), ({ DeployDialog }) => DeployDialog),
  schedule: dialog(withTexts(['dialogs', 'first'], () => import('./schedule/ScheduleDialog')), ({ ScheduleDialog }) => ScheduleDialog),
  promote: dialog(withTexts(['dialogs', 'first'], () => import('./promote/PromoteDialog')), ({ PromoteDialog }) => PromoteDialog),
  rollback: dialog(withTexts(['dialogs'], () => import('./rollback/RollbackDialog')), ({ RollbackDialog }) => RollbackDialog),
  approve: dialog(withTexts(['dialogs'], () => import('./approve/ApproveDialog')), ({ ApproveDialog }) => ApproveDialog),
  reject: dialog(withTexts(['dialogs'], () => import('./reject/RejectDialog')), ({ RejectDialog }) => RejectDialog),
  cancel: dialog(withTexts(['dialogs'], () => import('./cancel/CancelDialog')), ({ CancelDialog }) => CancelDialog),
  switch: dialog(withTexts(['dialogs'], () => import('./switch/SwitchDialog')), ({ SwitchDialog }) => SwitchDialog),
  destroy: dialog(withTexts(['dialogs'], () => import('./destroy/DestroyDialog')), ({ DestroyDialog }) => DestroyDialog),
};

export function Dialogs() {
  const { name, preset, close } = useDialog();
  const Open = name && table[name];
  return (
    <>
      <DialogCommands />
      {Open && (
        <Suspense>
          <Open key={JSON.stringify([name, preset])} preset={preset} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
