// Models on their way in: files sent part by part, so that a broken line goes on where it broke.
import { get, post, Refused, remove, send, Unreachable } from '~/api/client';
import { listen } from '~/api/events';
import { paths } from '~/api/paths';
import type { Import, Incoming } from '~/api/schema';
import { connection } from './connection.svelte';
import { complain } from './toasts.svelte';

/** Small enough to be sent again, large enough not to matter. */
const PART = 8 * 1024 * 1024;

/** Milliseconds between two questions whether there is room again. */
const ROOM = 5000;

const ORDER: Import['state'][] = ['receiving', 'reading', 'waiting', 'copying', 'done', 'failed', 'cancelled'];

class Imports {
  /** Newest first. */
  all = $state.raw<Import[]>([]);
  incoming = $state.raw<Incoming | null>(null);
  #loaded = false;

  constructor() {
    listen((name, data) => {
      if (name === 'import') this.#put(data as unknown as Import);
      if (name === 'reset' && this.#loaded) void this.load();
    });
  }

  async load(): Promise<void> {
    this.#loaded = true;
    try {
      const [list, incoming] = await Promise.all([get<{ items: Import[] }>(paths.imports), get<Incoming>(paths.incoming)]);
      this.all = list.items;
      this.incoming = incoming;
    } catch (error) {
      complain(error);
    }
  }
  async take(name: string): Promise<void> {
    this.#put(await post<Import>(paths.imports, { incoming: name }));
  }
  async accept(id: string, name: string, seal: boolean): Promise<void> {
    this.#put(await post<Import>(paths.importAccept(id), { name, seal }));
  }
  /** Asks the studio to stop it; when it has, it says so. */
  async cancel(id: string): Promise<void> {
    await remove(paths.import(id));
  }
  async discard(id: string): Promise<void> {
    await remove(paths.import(id));
    this.all = this.all.filter((one) => one.id !== id);
  }
  /**
   * Sends a whole file. While the studio does not answer, or has no room, it waits; what was received is not sent twice, also when the
   * studio was started again or the page was left and the same file is chosen once more.
   */
  async upload(file: File): Promise<void> {
    let now = await post<Import>(paths.imports, { file: file.name, bytes: file.size, modified: file.lastModified });
    this.#put(now);
    while (now.state === 'receiving') {
      try {
        const { id, done } = now;
        const part = file.slice(done, done + PART);
        now = await send<Import>(paths.importPart(id, done), part, new AbortController().signal, (sent) => this.#move(id, done + sent * part.size));
      } catch (error) {
        const full = error instanceof Refused && error.code === 'import_disk_full';
        const elsewhere = error instanceof Refused && error.code === 'upload_elsewhere';
        if (error instanceof Unreachable) await this.#answers();
        else if (full) await new Promise((go) => setTimeout(go, ROOM));
        else if (!elsewhere) throw error;
        now = await get<Import>(paths.import(now.id));
      }
      this.#put(now);
    }
  }
  /** What has gone out and is not confirmed yet: only shown. */
  #move(id: string, done: number): void {
    const at = this.all.findIndex((known) => known.id === id);
    const one = this.all[at];
    if (one?.state === 'receiving') this.all = this.all.with(at, { ...one, done: Math.round(done) });
  }
  #answers(): Promise<void> {
    return new Promise((resolve) => {
      if (!connection.lost) return resolve();
      const stop = connection.onReturn(() => {
        stop();
        resolve();
      });
    });
  }
  /** An answer that comes later than the event after it must not turn the clock back. */
  #put(one: Import): void {
    const at = this.all.findIndex((known) => known.id === one.id);
    const known = this.all[at];
    // What found no room while it was copied waits once more.
    if (known && !one.problem && ORDER.indexOf(known.state) > ORDER.indexOf(one.state)) return;
    this.all = at < 0 ? [one, ...this.all] : this.all.with(at, one);
  }
}

export const imports = new Imports();
