// Holds the size budget: entry <= 60 kB gz, any route <= 60 kB gz on top of it, dist <= 1.5 MB raw.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const weight = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

/** Every file a chunk needs, its static imports and styles included. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = closure(entryKey);
const entrySize = [...entry].reduce((sum, file) => sum + weight(file), 0);
let failed = 0;
const say = (name, size, limit) => {
  const over = size > limit;
  if (over) failed += 1;
  console.log(`${over ? 'OVER' : 'ok  '} ${name.padEnd(44)} ${kb(size).padStart(10)} of ${kb(limit)}`);
};

say('entry (gz)', entrySize, 60_000);
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue;
  const own = [...closure(key)].filter((file) => !entry.has(file));
  say(`${key.replace('src/', '')} (gz)`, own.reduce((sum, file) => sum + weight(file), 0), 60_000);
}
let raw = 0;
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (statSync(path).isFile() && !/\.(br|gz)$/.test(name)) raw += statSync(path).size;
}
say('dist (raw)', raw, 1_500_000);
process.exit(failed ? 1 : 0);
