import { Modal } from '@mantine/core';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { useText } from '~/text/text';
import { useTabSearch } from '../use-tab-search';
import { changeSearch } from './change-search';
import { ChangeForm } from './ChangeForm';

/** Start, stop, scale and the like: what will be done, the gate's word, and the button. Open where the address says so. */
export function ChangeDialog({ environment, status }: { environment: Environment; status: Schema<'StatusReport'> }) {
  const { environment: t, parts } = useText();
  const [{ change, service, to }, setSearch] = useTabSearch(changeSearch);
  const close = () => setSearch({ change: undefined, service: undefined, to: undefined });
  return (
    <Modal opened={change !== undefined} onClose={close} title={change && t.change.titles[change](environment.name, service ?? '')} closeButtonProps={{ 'aria-label': parts.close }} size="lg">
      {change && <ChangeForm key={change} name={change} service={service} to={to} environment={environment} status={status} onDone={close} onScale={(n) => setSearch({ to: n })} />}
    </Modal>
  );
}
