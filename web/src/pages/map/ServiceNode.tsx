import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { Schema } from '~/api/client';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { HealthBadge } from '~/parts/StatusBadge';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import classes from './Graph.module.css';

export type Service = Node<{ node: Schema<'MapNode'>; environment: string }, 'service'>;

/** A service, something that services need, or the users. */
export function ServiceNode({ data: { node, environment } }: NodeProps<Service>) {
  const t = useText().map;
  const f = useFormat();
  const users = node.name === 'users';
  const { name, type, status, disabled, managed, ready, desired, version, figure, requestsPerSecond, errorsPerSecond } = node;
  return (
    <div className={classes.node} data-status={status} data-outside={!managed}>
      {!users && <Handle type="target" position={Position.Left} className={classes.handle} />}
      <div className={classes.name}>
        {users && <Icon name="user" />}
        {users ? t.users : managed ? <Go to={addresses.environment(environment, 'health')}>{name}</Go> : name}
        {type !== undefined && <span className={classes.type}>{type}</span>}
      </div>
      {disabled ? <span className={classes.quiet}>{t.disabled}</span> : status && <HealthBadge health={status} />}
      <div className={classes.quiet}>
        {[managed && desired > 0 && t.ready(f.number(ready), f.number(desired)), version, figure].filter(Boolean).join(' · ')}
        {!managed && version === undefined && figure === undefined && t.outside}
      </div>
      {requestsPerSecond > 0 && (
        <div className={classes.quiet}>
          {t.requestsLong(f.number(requestsPerSecond))}
          {errorsPerSecond > 0 && <span className={classes.bad}> · {t.errors(f.number(errorsPerSecond))}</span>}
        </div>
      )}
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </div>
  );
}
