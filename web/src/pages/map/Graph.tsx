import '@xyflow/react/dist/base.css';
import { Background, Controls, MarkerType, ReactFlow, type Edge } from '@xyflow/react';
import { useMemo } from 'react';
import { useMantineColorScheme } from '@mantine/core';
import type { EnvironmentMap } from '~/api/queries/overview';
import { useFormat, useText } from '~/text/text';
import classes from './Graph.module.css';
import { layers } from './layers';
import { ServiceNode, type Service } from './ServiceNode';
import { useNodeWords } from './use-node-words';

const column = 290;
const row = 150;
const aside = 100; // layers in between stand in turn above and below, so that lines past them are seen
const nodeTypes = { service: ServiceNode };

/** The drawing: users on the left, what they need further and further to the right. */
export function Graph({ map }: { map: EnvironmentMap }) {
  const t = useText().map;
  const f = useFormat();
  const words = useNodeWords(map);
  const { colorScheme } = useMantineColorScheme();
  const nodes = useMemo<Service[]>(() => {
    const at = layers(map);
    const heights = new Map<number, number>();
    for (const layer of at.values()) heights.set(layer, (heights.get(layer) ?? 0) + 1);
    const tallest = Math.max(...heights.values());
    const filled = new Map<number, number>();
    const last = Math.max(...heights.keys());
    const turn = (layer: number) => (layer === 0 || layer === last ? 0 : layer % 2 === 1 ? -aside : aside);
    return map.nodes.map((node) => {
      const layer = at.get(node.name) ?? 0;
      const place = filled.get(layer) ?? 0;
      filled.set(layer, place + 1);
      return {
        id: node.name,
        type: 'service',
        position: { x: layer * column, y: (place + (tallest - (heights.get(layer) ?? 1)) / 2) * row + turn(layer) },
        data: { node, environment: map.environment },
        ariaLabel: words(node),
        draggable: false,
        connectable: false,
      };
    });
  }, [map, words]);
  const edges = useMemo<Edge[]>(
    () =>
      map.edges.map(({ from, to, kind, label, requestsPerSecond }) => ({
        id: `${from} ${kind} ${to} ${label ?? ''}`,
        source: from,
        target: to,
        label: [label ?? '', requestsPerSecond > 0 ? t.requests(f.number(requestsPerSecond)) : ''].filter((word) => word !== '').join(' · ') || (kind === 'depends_on' ? t.kinds.depends_on : ''),
        className: classes[kind] ?? '',
        markerEnd: { type: MarkerType.ArrowClosed, color: kind === 'route' ? 'var(--mantine-color-anchor)' : 'var(--mantine-color-dimmed)' },
        labelStyle: { fill: 'var(--mantine-color-text)', fontSize: 12 },
        labelBgStyle: { fill: 'var(--surface)' },
        focusable: false,
        ariaLabel: `${from} ${t.kinds[kind]} ${to}`,
      })),
    [map, t, f],
  );
  return (
    <div className={classes.graph} role="group" aria-label={t.graph(map.environment)}>
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} colorMode={colorScheme === 'auto' ? 'system' : colorScheme} fitView fitViewOptions={{ maxZoom: 1.1, padding: 0.08 }} minZoom={0.2} nodesConnectable={false} preventScrolling={false} zoomOnScroll={false} elementsSelectable={false}>
        <Background gap={24} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
