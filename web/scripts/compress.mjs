// Writes .br and .gz beside every file of dist that is worth it, so the server never compresses.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist', import.meta.url).pathname;

for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name);
  if (!statSync(path).isFile()) continue;
  if (/\.(br|gz)$/.test(path)) {
    rmSync(path);
    continue;
  }
  if (!/\.(js|css|html|svg|json|txt)$/.test(path)) continue;
  const raw = readFileSync(path);
  if (raw.length < 512) continue;
  const br = brotliCompressSync(raw, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
  });
  if (br.length < raw.length) writeFileSync(`${path}.br`, br);
  const gz = gzipSync(raw, { level: 9 });
  if (gz.length < raw.length) writeFileSync(`${path}.gz`, gz);
}
