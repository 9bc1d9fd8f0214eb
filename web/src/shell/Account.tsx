import { ActionIcon, type ActionIconProps } from '@mantine/core';
import { lazy, Suspense, useState, type ComponentPropsWithRef } from 'react';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';

const load = () => import('./AccountMenu');
const AccountMenu = lazy(() => load().then(({ AccountMenu }) => ({ default: AccountMenu })));

/** The button of the account; its menu is loaded when somebody is about to open it. */
export function Account() {
  const [wanted, setWanted] = useState(false);
  const plain = <Face onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setWanted(true)} aria-haspopup="menu" aria-expanded={false} />;
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <AccountMenu>
        <Face />
      </AccountMenu>
    </Suspense>
  );
}

function Face(props: ActionIconProps & ComponentPropsWithRef<'button'>) {
  const t = useText().shell;
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.account} {...props}>
      <Icon name="user" size={20} />
    </ActionIcon>
  );
}
