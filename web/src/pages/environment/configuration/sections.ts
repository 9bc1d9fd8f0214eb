import type { Schema } from '~/api/client';

export const sectionNames = ['general', 'application', 'infrastructure', 'integrations', 'features', 'performance', 'logging', 'backup', 'maintenance'] as const;
export type SectionName = (typeof sectionNames)[number];

/** The nine sections; one that is not said is not there. */
export type Sections = Partial<Record<SectionName, unknown>>;
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function sectionsOf(report: Schema<'ConfigReport'>): Sections {
  const out: Sections = {};
  for (const name of sectionNames) if (report[name] !== undefined && report[name] !== null) out[name] = report[name];
  return out;
}

export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => same(a[name], b[name]));
  }
  return a === b;
}

/** What turns one into the other: a merge patch (RFC 7396), in which null removes. */
export function patchOf(before: Json, after: Json): Json {
  const patch: Json = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (same(was, is)) continue;
    if (is === undefined) patch[name] = null;
    else patch[name] = isObject(was) && isObject(is) ? patchOf(was, is) : is;
  }
  return patch;
}

/** A path through sections. A name may have dots in it, so it is no text. */
export type Path = readonly string[];

export function nameOf(path: Path): string {
  return path.join('.');
}

export function at(value: unknown, path: Path): unknown {
  let here = value;
  for (const name of path) here = isObject(here) ? here[name] : undefined;
  return here;
}

/** The same with another value at a path; undefined takes it away, and what is empty after that with it. */
export function withAt(value: unknown, path: Path, to: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return to;
  const here = isObject(value) ? value : {};
  const inner = withAt(here[name], rest, to);
  const next = Object.fromEntries(Object.entries({ ...here, [name]: inner }).filter(([key]) => key !== name || inner !== undefined));
  return Object.keys(next).length === 0 && to === undefined ? undefined : next;
}

/** Where two differ, as deep as both are objects. */
export function differing(a: unknown, b: unknown, path: Path = []): Path[] {
  if (same(a, b)) return [];
  if (!isObject(a) || !isObject(b)) return [path];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) => differing(a[name], b[name], [...path, name]));
}

export interface Conflict {
  path: Path;
  was: unknown;
  theirs: unknown;
  mine: unknown;
}

/** One is the other, or holds it. */
function meets(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((name, i) => name === b[i]);
}

/** Three sides: what was there, what is there now, what I want. Where both changed the same otherwise is a conflict. */
export function conflictsOf(base: Sections, theirs: Sections, mine: Sections): Conflict[] {
  const [changed, wanted] = [differing(base, theirs), differing(base, mine)];
  return wanted
    .filter((path) => changed.some((other) => meets(path, other)) && !same(at(theirs, path), at(mine, path)))
    .map((path) => ({ path, was: at(base, path), theirs: at(theirs, path), mine: at(mine, path) }));
}

/** My changes, made to what is there now. */
export function rebased(base: Sections, theirs: Sections, mine: Sections): Sections {
  let out: unknown = theirs;
  for (const path of differing(base, mine)) out = withAt(out, path, at(mine, path));
  return (out ?? {});
}
