// A model package as a person would upload it: one of the small test packages, packed with a licence.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../data/packages/', import.meta.url));

export async function tarOf(name, licence, { without } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    cpSync(join(packages, name), join(folder, name), { recursive: true });
    if (without) rmSync(join(folder, name, without), { recursive: true });
    writeFileSync(join(folder, name, 'LICENSE'), licence);
    return execFileSync('tar', ['-C', folder, '-cf', '-', name], { maxBuffer: 64 << 20 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
