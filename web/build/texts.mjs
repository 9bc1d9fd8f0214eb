// Which rooms of the catalogue (src/text) a part of the program reads, by its source: itself, what it imports, and what
// that loads later without saying with which texts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const source = resolve('src'); // of the folder that npm runs in: tests have no other address of this file
/** The file of a room: signIn → sign-in. */
export const fileOf = (room) => room.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const always = ['shell', 'parts'];

/** Every room there is: one file each. */
export const rooms = readdirSync(join(source, 'text/en'))
  .filter((name) => name !== 'index.ts')
  .map((name) => camel(name.replace(/\.ts$/, '')));

function find(from, to) {
  const base = to.startsWith('~/') ? join(source, to.slice(2)) : to.startsWith('.') ? resolve(dirname(from), to) : undefined;
  return base && [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')].find((path) => existsSync(path) && /\.tsx?$/.test(path));
}

const every = (text, pattern) => [...text.matchAll(pattern)];
const read = new Map();

/** What one file reads, imports, and loads later. */
function look(file) {
  const known = read.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8').replace(/^ *(\/?\*|\/\/).*$/gm, ''); // examples in comments load nothing
  const reads = new Set(every(text, /useText\(\)\.(\w+)/g).map(([, room]) => room));
  for (const [, names] of every(text, /const \{(.*)\} = useText\(\)/g)) {
    for (const room of rooms) if (new RegExp(`\\b${room}\\b`).test(names)) reads.add(room);
  }
  for (const [, all] of every(text, /const (\w+) = useText\(\);/g)) {
    for (const [, room] of every(text, new RegExp(`(?<![.\\w])${all}\\.(\\w+)`, 'g'))) if (rooms.includes(room)) reads.add(room);
  }
  const later = every(text, /withTexts\(\s*\[([^\]]*)\],\s*\(\) => import\('([^']+)'\)/g).map(([, names, to]) => ({
    from: relative(source, file),
    part: relative(source, find(file, to)),
    named: every(names, /'(\w+)'/g).map(([, room]) => room).sort(),
  }));
  const alone = new Set(later.map(({ part }) => join(source, part)));
  const imports = [...every(text, /^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm), ...every(text, /\bimport\('([^']+)'\)/g), ...every(text, /^import '([^']+)'/gm)]
    .map(([, to]) => find(file, to))
    .filter((to) => to && !alone.has(to));
  const what = { reads, imports, later };
  read.set(file, what);
  return what;
}

function reach(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const next of look(file).imports) reach(next, seen);
  return seen;
}

/** The rooms that a part reads (`pages/compare/ComparePage.tsx`), besides those that every page has. */
export function roomsOf(part) {
  const reads = new Set([...reach(join(source, part))].flatMap((file) => [...look(file).reads]));
  return [...reads].filter((room) => !always.includes(room)).sort();
}

/** Every place that loads a part with texts: where, which part, and the rooms that it names. */
export function loads(part = 'main.tsx', found = new Map()) {
  for (const file of reach(join(source, part))) {
    for (const load of look(file).later) {
      const key = `${load.from} ${load.part}`;
      if (found.has(key)) continue;
      found.set(key, load);
      loads(load.part, found);
    }
  }
  return [...found.values()];
}
