// Writes FILE.br and FILE.gz beside what the build made, where they are smaller: the server has no work with it then.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const site = new URL('../dist/site', import.meta.url).pathname;
const worthwhile = /\.(html|js|css|svg|json|txt)$/;

for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !worthwhile.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const plain = readFileSync(path);
  const made = {
    br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
    gz: gzipSync(plain, { level: 9 }),
  };
  for (const [name, packed] of Object.entries(made)) {
    if (packed.length < plain.length) writeFileSync(`${path}.${name}`, packed);
  }
}
