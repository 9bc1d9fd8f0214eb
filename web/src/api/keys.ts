/**
 * What queries are keyed by: the noun, and of what it is. Events refresh by these: what has a noun that the event
 * touches, unless it is of another environment or another operation.
 */
export type Noun =
  | 'activity'
  | 'alerts'
  | 'approvals'
  | 'config'
  | 'deployment'
  | 'deployments'
  | 'environment'
  | 'environments'
  | 'events'
  | 'health'
  | 'keys'
  | 'live'
  | 'matrix'
  | 'metrics'
  | 'operation'
  | 'operations'
  | 'overview'
  | 'projects'
  | 'releases'
  | 'scheduled'
  | 'schedules'
  | 'secrets'
  | 'status'
  | 'switches'
  | 'syncs'
  | 'templates'
  | 'tokens'
  | 'variables';

/** What a query is about. `environment` is a name or an ID; a deployment's ID is its operation's. */
export interface Of {
  project?: string | undefined;
  environment?: string | undefined;
  operation?: string | undefined;
  [more: string]: unknown;
}

export type Key = readonly [Noun, Of];

export function key(noun: Noun, of: Of = {}): Key {
  return [noun, of];
}
