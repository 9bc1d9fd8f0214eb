import type { Schema } from '~/api/client';
import { flag } from './command';

/** How a release is to be brought in, as deploy and promote take it. */
export interface Manner {
  /** A strategy, "custom/RECIPE", or "" for the environment's own. */
  way: string;
  /** "" keeps the version that runs; "latest", or a number. */
  withConfig: string;
  validation: boolean;
  rollback: boolean;
  description: string;
  reason: string;
  force: boolean;
}

export const usually: Manner = { way: '', withConfig: '', validation: true, rollback: true, description: '', reason: '', force: false };

type Spec = Schema<'StrategySpec'>;
type Strategy = Spec['primary'];

/** The ways that an environment allows, its usual one first. */
export function waysOf(spec: Spec): string[] {
  const strategies = [spec.primary, ...(spec.alternatives ?? [])];
  return [...new Set(strategies.flatMap((strategy) => (strategy === 'custom' ? (spec.recipes ?? []).map(({ name }) => `custom/${name}`) : [strategy])))];
}

function parted(way: string): { strategy?: Strategy; recipe?: string } {
  if (way === '') return {};
  const [strategy, recipe] = way.split('/');
  return { strategy: strategy as Strategy, ...(recipe !== undefined && { recipe }) };
}

/** What of it the API is asked for: nothing that is as usual. */
export function mannerBody(m: Manner): Pick<Schema<'PromotionRequest'>, 'strategy' | 'recipe' | 'withConfig' | 'description' | 'reason' | 'force' | 'validationRequired' | 'rollbackOnFailure'> {
  return {
    ...parted(m.way),
    ...(m.withConfig !== '' && { withConfig: m.withConfig }),
    ...(m.description.trim() !== '' && { description: m.description.trim() }),
    ...(m.reason.trim() !== '' && { reason: m.reason.trim() }),
    ...(m.force && { force: true }),
    ...(!m.validation && { validationRequired: false }),
    ...(!m.rollback && { rollbackOnFailure: false }),
  };
}

/** The same as flags of the command line. */
export function mannerFlags(m: Manner) {
  const { strategy, recipe } = parted(m.way);
  return [
    ...flag('strategy', strategy),
    ...flag('recipe', recipe),
    ...flag('with-config', m.withConfig),
    !m.validation && '--no-validation',
    !m.rollback && '--no-rollback',
    ...flag('description', m.description.trim()),
    m.force && '--force',
    ...flag('reason', m.reason.trim()),
  ];
}

/** Refusals that a force goes past; the others are answers for ever. */
const forceable = new Set(['prerequisite_not_met', 'not_proved', 'stage_skipped', 'live_address_adrift']);

/** What the gate's answer asks a person for. */
export function askedFor(gate: Schema<'PolicyAnswer'> | undefined): { force: string[]; reason: boolean } {
  const reasons = gate && !gate.allowed ? gate.reasons : [];
  return {
    force: reasons.filter(({ code }) => forceable.has(code)).map(({ message }) => message),
    reason: reasons.some(({ code }) => code === 'quarantined'),
  };
}
