// Fails the build where the first load of a page has more script than one may have: all that the browser gets before
// the page is shown at its own address, with its texts, as brotli. What loads later, when it is needed, does not count:
// charts (uPlot), editors (CodeMirror, the raw configuration), the drawing of the map (React Flow), dialogs, drawers,
// menus and the lists under fields, the palette. The tabs of an environment are pages of their own here.
import { readFileSync, rmSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { fileOf, loads } from './texts.mjs';

const budget = 200_000; // bytes, of every page; the brief of the dashboard says 200 KB
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
  if (!manifest[key]) throw new Error(`budget: ${key} is not in the build, so its size is not known`);
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

const shell = ['index.html', 'src/shell/Shell.tsx'];
const frame = ['src/pages/environment/EnvironmentPage.tsx', 'src/pages/environment/TabPlace.tsx'];
const all = loads();
const roomsOf = (key) => all.find(({ part }) => `src/${part}` === key)?.named ?? [];
const texts = (language, rooms) => rooms.map((room) => `src/text/${language}/${fileOf(room)}.ts`);

/** The whole first load of a page: in the language that has more of it. English has the shell's words in its first chunk. */
function firstLoad(parts) {
  const rooms = [...new Set(parts.flatMap(roomsOf))];
  const [en, id] = [sum([...parts, ...texts('en', rooms)]), sum([...parts, ...texts('id', ['shell', 'parts', ...rooms])])];
  return en.script.brotli > id.script.brotli ? en : id;
}

const name = (part) => part.replace(/^.*\/|\.tsx$/g, '');
const pages = all
  .filter(({ part }) => part.startsWith('pages/') && !frame.includes(`src/${part}`))
  .map(({ from, part }) => {
    const own = [`src/${part}`];
    if (part.startsWith('pages/sign-in/')) return { page: name(part), ...firstLoad(['index.html', ...own]) };
    return { page: name(part), ...firstLoad([...shell, ...(from === 'pages/environment/tabs.ts' ? frame : []), ...own]) };
  })
  .sort((a, b) => b.script.brotli - a.script.brotli);
if (!pages.some(({ page }) => page === 'OverviewPage')) throw new Error('budget: the pages were not found');

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
console.log('\nfirst load of      script: brotli      gzip     plain   styles: brotli');
for (const { page, script, style } of pages) {
  console.log(`${page.padEnd(20)}${kilo(script.brotli).padStart(14)}${kilo(script.gzip).padStart(10)}${kilo(script.plain).padStart(10)}${kilo(style.brotli).padStart(17)}`);
}
const over = pages.filter(({ script }) => script.brotli > budget);
for (const { page, script } of over) {
  console.error(`\nbudget: the first load of ${page} is ${kilo(script.brotli)} of script, more than ${kilo(budget)}. Load what is not seen at once with lazy(), or lazyRouteComponent().`);
}
if (over.length > 0) process.exit(1);
