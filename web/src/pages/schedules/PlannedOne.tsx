import { UnstyledButton } from '@mantine/core';
import { useDialog } from '~/dialogs/use-dialog';
import { Icon } from '~/parts/icons';
import { useFormat, useText } from '~/text/text';
import classes from './Calendar.module.css';
import type { Planned } from './planned';
import { useBrings } from './use-brings';

/** One time on a day: when, what and where to. It opens what changes it. */
export function PlannedOne({ planned: { at, environment, what } }: { planned: Planned }) {
  const t = useText().schedules;
  const f = useFormat();
  const brings = useBrings();
  const { open } = useDialog();
  const words = what.kind === 'rule' ? t.byRule(what.schedule.name, brings(what.schedule), environment) : t.byHand(what.deployment.version, environment);
  const id = what.kind === 'rule' ? what.schedule.id : what.deployment.id;
  return (
    <li>
      <UnstyledButton className={classes.one} data-kind={what.kind} title={`${f.exact(at)}: ${words}`} onClick={() => open('schedule', { id })}>
        <Icon name={what.kind === 'rule' ? 'schedules' : 'deploy'} size={12} />
        <span className="figures">{f.clock(at).replace(/:\d\d(?=\D*$)/, '')}</span>
        <span className={classes.words}>{words}</span>
      </UnstyledButton>
    </li>
  );
}
