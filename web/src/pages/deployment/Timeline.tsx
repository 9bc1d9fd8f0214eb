import type { Schema } from '~/api/client';
import { PlanView } from '~/parts/PlanView';
import { HookOutput } from './HookOutput';
import classes from './Timeline.module.css';
import { plain, type Told } from './told';
import { VerdictView } from './VerdictView';
import { waitOf } from './waits';
import { WaitLine } from './WaitLine';

interface Props {
  steps: readonly Schema<'Step'>[];
  told: ReadonlyMap<number, Told>;
  outputs: readonly Schema<'StepOutput'>[];
}

/** The plan, filled in as it runs: what each step says, for what it waits, its verdict, what its hook wrote. */
export function Timeline({ steps, told, outputs }: Props) {
  return (
    <PlanView
      steps={steps}
      below={(step) => {
        const says = told.get(step.seq);
        const wait = waitOf(step, says);
        const isHook = step.kind === 'hook';
        const output = step.output === undefined ? '' : plain(isHook ? (step.output.split('\n')[0] ?? '') : step.output);
        return (
          <>
            {output !== '' && <div className={classes.output}>{output}</div>}
            {step.status === 'running' && wait === undefined && says?.message !== undefined && <div className={classes.waits}>{says.message}</div>}
            {wait && <WaitLine wait={wait} />}
            {step.kind === 'analyze' && says?.verdict && <VerdictView step={step} verdict={says.verdict} />}
            {isHook && <HookOutput step={step} lines={says?.lines ?? []} kept={outputs.filter(({ seq }) => seq === step.seq)} />}
          </>
        );
      }}
    />
  );
}
