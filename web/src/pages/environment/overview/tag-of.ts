/** What somebody typed as a tag: "team=shop", or "tier" for one without a value; undefined where it is none yet. */
export function tagOf(typed: string): { key: string; value: string } | undefined {
  const text = typed.trim();
  const at = text.indexOf('=');
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  return key === '' ? undefined : { key, value: at < 0 ? '' : text.slice(at + 1).trim() };
}
