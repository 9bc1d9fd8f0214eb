import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is loaded before the overview can be seen, besides what the page itself asks for. */
const shownFirst = /\/(shell\/Shell|pages\/overview\/OverviewPage)\.tsx$/;

interface Chunk {
  type: 'chunk';
  code: string;
  isEntry: boolean;
  facadeModuleId: string | null;
  imports: string[];
}

/**
 * Fails the build where the script of the first load is larger than it may be, packed as it is served. Editors, charts
 * and other pages come later, and do not count.
 */
export function firstLoad(most: number): Plugin {
  return {
    name: 'lockstep:first-load',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = new Map(Object.entries(bundle).filter((entry): entry is [string, (typeof entry)[1] & Chunk] => entry[1].type === 'chunk'));
      const loaded = new Set<string>();
      const load = (name: string) => {
        const chunk = chunks.get(name);
        if (chunk === undefined || loaded.has(name)) return;
        loaded.add(name);
        chunk.imports.forEach(load);
      };
      for (const [name, { isEntry, facadeModuleId }] of chunks) {
        if (isEntry || shownFirst.test(facadeModuleId ?? '')) load(name);
      }
      const sizes = [...loaded].map((name) => ({ name, size: packed(chunks.get(name)?.code ?? '') })).sort((a, b) => b.size - a.size);
      const all = sizes.reduce((sum, { size }) => sum + size, 0);
      const list = sizes.map(({ name, size }) => `  ${kilobytes(size).padStart(8)}  ${name}`).join('\n');
      if (all > most) this.error(`the script of the first load has ${kilobytes(all)} packed, and may have ${kilobytes(most)}:\n${list}`);
      this.info(`the script of the first load has ${kilobytes(all)} packed, of ${kilobytes(most)}`);
    },
  };
}

function packed(code: string): number {
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
