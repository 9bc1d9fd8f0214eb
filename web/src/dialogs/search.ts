import { asOneOf, asText } from '~/shell/search';

/** The dialogs. Which one is open stands in the address, so that there are links to them from everywhere. */
export const dialogNames = [
  'create',
  'deploy',
  'schedule',
  'promote',
  'rollback',
  'approve',
  'reject',
  'cancel',
  'switch',
  'sync',
  'clone',
  'export',
  'destroy',
] as const;
export type DialogName = (typeof dialogNames)[number];

/** What a dialog begins with: which environment it is about (the target), and what is known besides. */
export interface DialogPreset {
  environment?: string | undefined;
  /** The environment that something comes from. */
  source?: string | undefined;
  version?: string | undefined;
  /** The ID of a deployment, switch or schedule. */
  id?: string | undefined;
}

export interface DialogSearch {
  dialog?: DialogName | undefined;
  on?: string | undefined;
  from?: string | undefined;
  release?: string | undefined;
  id?: string | undefined;
}

export function dialogSearch(search: Record<string, unknown>): DialogSearch {
  return {
    dialog: asOneOf(search.dialog, dialogNames),
    on: asText(search.on),
    from: asText(search.from),
    release: asText(search.release),
    id: asText(search.id),
  };
}
