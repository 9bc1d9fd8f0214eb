import type { Schema } from '~/api/client';
import { useText } from '~/text/text';
import type { Texts } from '~/text/texts';

/** What happened, in the reader's language; in the server's words where we have none. */
export function useSentence(): (entry: Schema<'HistoryEntry'>) => string {
  const t = useText().overview.sentences;
  return (entry) => sentence(t, entry);
}

export function sentence(t: Texts['overview']['sentences'], { type, operationKind, result, version, environment, text }: Schema<'HistoryEntry'>): string {
  if (environment === undefined) return text;
  // A promotion or a rollback is a deployment too, and the server's words say more of it than ours would.
  if (operationKind === 'deploy' && version !== undefined && result !== undefined && /^deploy/i.test(text)) return t.deploy[result](version, environment);
  if (type === 'environment.created') return t.created(environment);
  if (type === 'environment.deleted') return t.deleted(environment);
  return text;
}
