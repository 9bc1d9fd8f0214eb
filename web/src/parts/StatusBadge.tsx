import { useText } from '~/text/text';
import type { Texts } from '~/text/texts';
import { Icon, type IconName } from './icons';
import classes from './StatusBadge.module.css';

type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle';
type Look = readonly [Tone, IconName];

export type Status = keyof Texts['parts']['status'];
export type HealthWord = keyof Texts['parts']['health'];
export type StepStatus = keyof Texts['parts']['stepStatus'];

const statuses: Record<Status, Look> = {
  active: ['ok', 'check'],
  inactive: ['idle', 'ring'],
  maintenance: ['warn', 'wrench'],
  deploying: ['busy', 'half'],
  failed: ['bad', 'cross'],
  archived: ['idle', 'box'],
  pending: ['idle', 'clock'],
  pending_approval: ['warn', 'approvals'],
  running: ['busy', 'half'],
  completed: ['ok', 'check'],
  rolled_back: ['warn', 'back'],
  cancelled: ['idle', 'cross'],
};

const healths: Record<HealthWord, Look> = {
  healthy: ['ok', 'check'],
  warning: ['warn', 'warn'],
  degraded: ['warn', 'warn'],
  unhealthy: ['bad', 'cross'],
  down: ['bad', 'cross'],
  unknown: ['idle', 'ring'],
  idle: ['idle', 'minus'],
};

const steps: Record<StepStatus, Look> = {
  pending: ['idle', 'ring'],
  running: ['busy', 'half'],
  completed: ['ok', 'check'],
  failed: ['bad', 'cross'],
  skipped: ['idle', 'minus'],
};

/** The state of an environment, a deployment, an operation or a switch: colour, drawing and word. */
export function StatusBadge({ status }: { status: Status }) {
  return <Badge look={statuses[status]} word={useText().parts.status[status]} />;
}

/** The health of an environment, a service or a dependency. The API's words; another one is shown as it is. */
export function HealthBadge({ health }: { health: string }) {
  const words: Partial<Record<string, string>> = useText().parts.health;
  const looks: Partial<Record<string, Look>> = healths;
  return <Badge look={looks[health] ?? healths.unknown} word={words[health] ?? health} />;
}

/** The state of one step of a plan. A failed one that is optional is a warning. */
export function StepBadge({ status, warning = false }: { status: StepStatus; warning?: boolean }) {
  const t = useText().parts;
  return warning ? <Badge look={['warn', 'warn']} word={t.plan.warning} /> : <Badge look={steps[status]} word={t.stepStatus[status]} />;
}

function Badge({ look: [tone, icon], word }: { look: Look; word: string }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon name={icon} size={14} />
      {word}
    </span>
  );
}
