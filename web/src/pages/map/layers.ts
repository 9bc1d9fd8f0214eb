import type { EnvironmentMap } from '~/api/queries/overview';

/** How far to the right each node stands: one further than the furthest of those that lead to it. */
export function layers({ nodes, edges }: Pick<EnvironmentMap, 'nodes' | 'edges'>): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from]);
  const found = new Map<string, number>();
  const depth = (name: string, above: ReadonlySet<string>): number => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const next = new Set(above).add(name);
    // Services may need each other in a circle: the way back does not count.
    const before = (into.get(name) ?? []).filter((from) => !next.has(from)).map((from) => depth(from, next));
    const own = before.length === 0 ? 0 : Math.max(...before) + 1;
    if (above.size === 0) found.set(name, own);
    return own;
  };
  for (const { name } of nodes) depth(name, new Set());
  // What nothing leads to and Lockstep does not run belongs to the others of its kind, at the end.
  const last = Math.max(...found.values(), 1);
  for (const { name, managed } of nodes) {
    if (!managed) found.set(name, last);
    else if (name !== 'users' && found.get(name) === 0) found.set(name, 1);
  }
  return found;
}
