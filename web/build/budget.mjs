// Fails the build where the first load has more script than dashboards may have: what the browser gets before the
// overview is shown, as brotli. Charts, editors, dialogs and the palette load when they are needed and do not count.
// Pages are measured, too: each with what it needs at once.
import { readFileSync, rmSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const budget = 200_000; // bytes, of the overview; the brief of the dashboard says 200 KB
const site = new URL('../dist/site/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', site), 'utf8'));
rmSync(new URL('.vite', site), { recursive: true }); // it is of the build, and nobody's to be served

const packed = new Map();
function weigh(file) {
  if (!packed.has(file)) {
    const plain = readFileSync(new URL(file, site));
    const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
    packed.set(file, { brotli: brotli.length, gzip: gzipSync(plain, { level: 9 }).length, plain: plain.length });
  }
  return packed.get(file);
}

/** A chunk and all that it imports, which the browser fetches with it. */
function withImports(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) withImports(next, found);
  return found;
}

function sum(entries) {
  const keys = new Set(entries.flatMap((entry) => [...withImports(entry)]));
  const files = { script: new Set(), style: new Set() };
  for (const key of keys) {
    if (manifest[key].file.endsWith('.js')) files.script.add(manifest[key].file);
    for (const style of manifest[key].css ?? []) files.style.add(style);
  }
  const total = (set) => [...set].map(weigh).reduce((a, b) => ({ brotli: a.brotli + b.brotli, gzip: a.gzip + b.gzip, plain: a.plain + b.plain }), { brotli: 0, gzip: 0, plain: 0 });
  return { script: total(files.script), style: total(files.style) };
}

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
const shell = ['index.html', 'src/shell/Shell.tsx'];
const pages = Object.keys(manifest).filter((key) => /^src\/pages\/[^/]+\/\w+Page\.tsx$/.test(key));
const loads = pages.map((page) => ({ page: page.replace(/^.*\/|\.tsx$/g, ''), ...sum(page.includes('/sign-in/') ? ['index.html', page] : [...shell, page]) })).sort((a, b) => b.script.brotli - a.script.brotli);

console.log('\nfirst load of      script: brotli      gzip     plain   styles: brotli');
for (const { page, script, style } of loads) {
  console.log(`${page.padEnd(20)}${kilo(script.brotli).padStart(14)}${kilo(script.gzip).padStart(10)}${kilo(script.plain).padStart(10)}${kilo(style.brotli).padStart(17)}`);
}
const first = loads.find(({ page }) => page === 'OverviewPage');
if (!first) throw new Error('budget: the overview is not in the build, so its size is not known');
if (first.script.brotli > budget) {
  console.error(`\nbudget: the overview's first load is ${kilo(first.script.brotli)} of script, more than ${kilo(budget)}. Load what is not seen at once with lazy(), or lazyRouteComponent().`);
  process.exit(1);
}
