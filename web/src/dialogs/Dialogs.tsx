import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { DialogCommands } from './DialogCommands';
import type { DialogName, DialogPreset } from './search';
import { useDialog } from './use-dialog';

export interface DialogProps {
  preset: DialogPreset;
  onClose: () => void;
}

type Dialog = LazyExoticComponent<ComponentType<DialogProps>>;

/** Each loaded when it is opened first. One that is not here cannot be opened. */
const table: Partial<Record<DialogName, Dialog>> = {
  sync: lazy(() => import('./sync/SyncDialog').then(({ SyncDialog }) => ({ default: SyncDialog }))),
  clone: lazy(() => import('./clone/CloneDialog').then(({ CloneDialog }) => ({ default: CloneDialog }))),
  export: lazy(() => import('./export/ExportDialog').then(({ ExportDialog }) => ({ default: ExportDialog }))),
  create: lazy(() => import('./create/CreateDialog').then(({ CreateDialog }) => ({ default: CreateDialog }))),
  deploy: lazy(() => import('./deploy/DeployDialog').then(({ DeployDialog }) => ({ default: DeployDialog }))),
  schedule: lazy(() => import('./schedule/ScheduleDialog').then(({ ScheduleDialog }) => ({ default: ScheduleDialog }))),
  promote: lazy(() => import('./promote/PromoteDialog').then(({ PromoteDialog }) => ({ default: PromoteDialog }))),
  rollback: lazy(() => import('./rollback/RollbackDialog').then(({ RollbackDialog }) => ({ default: RollbackDialog }))),
  approve: lazy(() => import('./approve/ApproveDialog').then(({ ApproveDialog }) => ({ default: ApproveDialog }))),
  reject: lazy(() => import('./reject/RejectDialog').then(({ RejectDialog }) => ({ default: RejectDialog }))),
  cancel: lazy(() => import('./cancel/CancelDialog').then(({ CancelDialog }) => ({ default: CancelDialog }))),
  switch: lazy(() => import('./switch/SwitchDialog').then(({ SwitchDialog }) => ({ default: SwitchDialog }))),
  destroy: lazy(() => import('./destroy/DestroyDialog').then(({ DestroyDialog }) => ({ default: DestroyDialog }))),
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
