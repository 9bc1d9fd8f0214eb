import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense, useState, type ComponentPropsWithRef } from 'react';
import { useText } from '~/text/text';
import styles from './Differences.module.css';

const load = () => import('./WhyBox');
const WhyBox = lazy(() => load().then(({ WhyBox }) => ({ default: WhyBox })));

/** Why two differ: two lines of it, and all of it once it is pressed. */
export function Why({ says }: { says: string }) {
  const [wanted, setWanted] = useState(false);
  const plain = <Face says={says} aria-haspopup="dialog" aria-expanded={false} onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setWanted(true)} />;
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <WhyBox says={says}>
        <Face says={says} />
      </WhyBox>
    </Suspense>
  );
}

function Face({ says, ...rest }: { says: string } & ComponentPropsWithRef<'button'>) {
  const t = useText().compare.columns;
  return (
    <UnstyledButton className={styles.why} title={says} {...rest}>
      <VisuallyHidden>{t.reason}: </VisuallyHidden>
      {says}
    </UnstyledButton>
  );
}
