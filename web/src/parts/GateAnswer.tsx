import { Alert, List } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { useText } from '~/text/text';
import { Ago } from './Ago';
import { Icon } from './icons';

type Answer = Schema<'PolicyAnswer'>;

/** What the gate says to a change, with its reasons. */
export function GateAnswer({ gate }: { gate: Answer }) {
  const t = useText().parts.gate;
  let look: { title: string; tone: 'ok' | 'warn' | 'bad'; icon: 'check' | 'approvals' | 'cross' } = { title: t.allowed, tone: 'ok', icon: 'check' };
  if (gate.requiresApproval) look = { title: t.approval, tone: 'warn', icon: 'approvals' };
  if (!gate.allowed) look = { title: t.refused, tone: 'bad', icon: 'cross' };
  const reasons = list(gate.reasons);
  const color = `var(--state-${look.tone})`; // the library's own are too pale to read
  return (
    <Alert variant="outline" color="gray" styles={{ root: { borderColor: color }, title: { color }, icon: { color } }} icon={<Icon name={look.icon} />} title={look.title} role="status">
      {reasons.length > 0 && (
        <List size="sm">
          {reasons.map((reason) => (
            <List.Item key={reason.code + reason.message}>
              {reason.message}
              {reason.until !== undefined && (
                <>
                  {' '}
                  ({t.until} <Ago at={reason.until} exact />)
                </>
              )}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
