import { ActionIcon, type ActionIconProps } from '@mantine/core';
import { lazy, Suspense, useState, type ComponentPropsWithRef } from 'react';
import { Icon, type IconName } from './icons';

const load = () => import('./MoreMenu');
const MoreMenu = lazy(() => load().then(({ MoreMenu }) => ({ default: MoreMenu })));

export interface MoreItem {
  label: string;
  icon: IconName;
  run: () => void;
  /** Why it is off, or that it is. */
  off?: string | boolean | undefined;
  /** It destroys something. */
  danger?: boolean;
}

interface Props extends Pick<ActionIconProps, 'variant' | 'color' | 'size'> {
  label: string;
  items: () => readonly MoreItem[];
}

/** The button behind which the rest of the actions is; the menu is loaded as somebody is about to open it. */
export function More({ label, items, ...looks }: Props) {
  const [wanted, setWanted] = useState(false);
  const face = { ...looks, 'aria-label': label };
  const plain = <Face {...face} aria-haspopup="menu" aria-expanded={false} onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setWanted(true)} />;
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <MoreMenu items={items()}>
        <Face {...face} />
      </MoreMenu>
    </Suspense>
  );
}

function Face(props: Omit<Props, 'label' | 'items'> & Omit<ComponentPropsWithRef<'button'>, 'color'>) {
  return (
    <ActionIcon {...props}>
      <Icon name="more" />
    </ActionIcon>
  );
}
