import type { Schema } from '~/api/client';
import type { Texts } from '~/text/texts';
import type { Preview } from './use-preview';

/** Why the button is not live: nobody has asked the gate yet, it says no, or the name is missing. */
export function whyNotYet(t: Texts['dialogs'], preview: Preview<{ gate?: Schema<'PolicyAnswer'> }>, sure: boolean, name: string): string | undefined {
  if (preview.error) return t.blocked.refused;
  if (!preview.current) return t.blocked.asking;
  if (preview.answer?.gate && !preview.answer.gate.allowed) return t.blocked.refused;
  if (!sure) return t.blocked.name(name);
  return undefined;
}
