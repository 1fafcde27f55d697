import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problems } from './de/problems';

const rust = new URL('../../../src/', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(rust, file), 'utf8');

/** The codes of refusals that somebody at a page can meet, as the program itself writes them down. */
function codes(): string[] {
  const lists = ['domain/error.rs', 'domain/recipes/fault.rs', 'media/error.rs', 'search/query.rs', 'crypto/error.rs', 'base/text.rs', 'work/error.rs'];
  const arms = lists.flatMap((file) => [...(read(file).split('fn field')[0] ?? '').matchAll(/=> "([a-z_]+)"/g)]);
  const domain = readdirSync(join(rust, 'domain'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.rs'));
  const fields = domain.flatMap((file) => [...read(join('domain', file)).matchAll(/code: "([a-z_]+)"/g)]);
  return [...new Set([...arms, ...fields].map((found) => found[1] ?? ''))];
}

/** Only at the server's terminal, or said with numbers that the code alone does not know. */
const SERVERS_OWN = ['id_malformed', 'format_too_new', 'name_outside_authority', 'host_name_malformed', 'certificate_failed', 'cipher_failed', 'picture_pixels', 'clip_no_such_frame', 'clip_empty', 'clip_damaged', 'archive_too_large', 'media_io', 'lease_lost'];

it('has a German sentence for every refusal that can reach a page', () => {
  const missing = codes().filter((code) => !(code in problems) && !SERVERS_OWN.includes(code));
  expect(missing).toEqual([]);
});
