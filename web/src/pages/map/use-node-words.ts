import { useCallback } from 'react';
import type { Schema } from '~/api/client';
import type { EnvironmentMap } from '~/api/queries/overview';
import { useFormat, useText } from '~/text/text';

/** A node in one sentence: what it is, how it is, and what it leads to and needs. */
export function useNodeWords({ edges }: EnvironmentMap): (node: Schema<'MapNode'>) => string {
  const t = useText();
  const f = useFormat();
  return useCallback(
    (node) => {
      const m = t.map;
      const healths: Partial<Record<string, string>> = t.parts.health;
      const out = edges.filter(({ from }) => from === node.name).map(({ kind, to }) => `${m.kinds[kind]} ${to}`);
      return [
        node.name === 'users' ? m.users : node.name,
        node.type,
        node.disabled ? m.disabled : healths[node.status ?? ''],
        node.managed && node.desired > 0 && m.ready(f.number(node.ready), f.number(node.desired)),
        node.version,
        node.figure,
        node.requestsPerSecond > 0 && m.requestsLong(f.number(node.requestsPerSecond)),
        ...out,
      ]
        .filter((word) => word !== undefined && word !== false && word !== '')
        .join(', ');
    },
    [edges, t, f],
  );
}
