import type { Environment } from '~/api/queries/environments';

export interface Arrangement {
  /** The project's stages, in their order. */
  pipeline: readonly Environment[];
  /** Beside it: what could take production's users over. */
  standby: readonly Environment[];
  /** Below it: previews, and whatever else there is. */
  others: readonly Environment[];
}

const order = ['development', 'testing', 'staging', 'production', 'custom', 'preview'];

/** Where each environment stands. Without a pipeline the types make one, and the first of each type stands in it. */
export function arrange(environments: readonly Environment[], pipeline: readonly string[]): Arrangement {
  const shown = environments.filter(({ status }) => status !== 'archived');
  const stages = pipeline.length > 0 ? pipeline : shown.map(({ name, type }) => (name === type ? name : '')).filter((name) => name !== '');
  const inPipeline = stages.flatMap((stage) => shown.find(({ name }) => name === stage) ?? []);
  if (pipeline.length === 0) inPipeline.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  const rest = shown.filter((environment) => !inPipeline.includes(environment));
  return {
    pipeline: inPipeline,
    standby: rest.filter(({ type }) => type === 'production'),
    others: rest.filter(({ type }) => type !== 'production'),
  };
}
