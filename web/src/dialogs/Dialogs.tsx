import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
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
};

export function Dialogs() {
  const { name, preset, close } = useDialog();
  const Open = name && table[name];
  if (!Open) return null;
  return (
    <Suspense>
      <Open key={JSON.stringify([name, preset])} preset={preset} onClose={close} />
    </Suspense>
  );
}
