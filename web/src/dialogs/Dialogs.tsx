import { Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import type { DialogName, DialogPreset } from './search';
import { useDialog } from './use-dialog';

export interface DialogProps {
  preset: DialogPreset;
  onClose: () => void;
}

type Dialog = LazyExoticComponent<ComponentType<DialogProps>>;

/** Each loaded when it is opened first. One that is not here cannot be opened. */
const table: Partial<Record<DialogName, Dialog>> = {};

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
