import { lazy, Suspense } from 'react';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { useTabSearch } from '../use-tab-search';
import { changeSearch } from './change-search';

const ChangeModal = lazy(() => import('./ChangeModal').then(({ ChangeModal }) => ({ default: ChangeModal })));

/** Start, stop, scale and the like: what will be done, the gate's word, and the button. Open where the address says so. */
export function ChangeDialog({ environment, status }: { environment: Environment; status: Schema<'StatusReport'> }) {
  const [{ change, service, to }, setSearch] = useTabSearch(changeSearch);
  const close = () => setSearch({ change: undefined, service: undefined, to: undefined });
  if (!change) return null;
  return (
    <Suspense>
      <ChangeModal key={change} name={change} service={service} to={to} environment={environment} status={status} onDone={close} onScale={(n) => setSearch({ to: n })} />
    </Suspense>
  );
}
