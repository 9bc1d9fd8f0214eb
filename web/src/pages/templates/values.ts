import type { TemplateVariable } from '~/api/queries/templates';

/** What stands in the form, as text; an empty one is left to the default. */
export type Typed = Readonly<Record<string, string>>;

/** The values as the template takes them: numbers, booleans and JSON by their types, texts as they are. */
export function given(variables: readonly TemplateVariable[], typed: Typed): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { key, type } of variables) {
    const text = typed[key] ?? '';
    if (text === '') continue;
    out[key] = valueOf(text, type);
  }
  return out;
}

function valueOf(text: string, type: string | undefined): unknown {
  if (type === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type !== undefined && type !== 'string' && type !== 'secret' && type !== 'url') {
    try {
      return JSON.parse(text);
    } catch {
      return text; // the server says what is wrong with it
    }
  }
  return text;
}
