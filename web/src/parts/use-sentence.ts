import type { Schema } from '~/api/client';
import { useText } from '~/text/text';
import type { Texts } from '~/text/texts';

/** What happened, in the reader's language; in the server's words where it knows more sentences than we. */
export function useSentence(): (entry: Schema<'HistoryEntry'>) => string {
  const t = useText().history;
  return (entry) => sentence(t, entry);
}

export function sentence(t: Texts['history'], { sentence: says, words, text }: Pick<Schema<'HistoryEntry'>, 'sentence' | 'words' | 'text'>): string {
  const say = says === undefined ? undefined : (t.sentences as Partial<Record<string, (typeof t.sentences)[keyof typeof t.sentences]>>)[says];
  return say ? say(words ?? {}) : text;
}
