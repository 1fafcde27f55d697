// Pictures on their way into the studio: two at a time, each one's end known, none lost when the server is.
import { query, Refused, send, Unreachable } from '~/api/client';
import { paths } from '~/api/paths';
import type { Asset } from '~/api/schema';
import { t } from '~/text';
import { connection } from './connection.svelte';

export interface Upload {
  key: number;
  name: string;
  state: 'waiting' | 'going' | 'done' | 'refused';
  /** How much of it has gone out, 0 to 1. */
  part: number;
  problem: string;
  /** The same file may be taken another time: the studio was full or busy, not the file wrong. */
  again: boolean;
}

interface Order { upload: Upload; ws: string; file: File; stop: AbortController; done: (asset: Asset) => void; refused: (why: Error) => void }

const AT_ONCE = 2;
export const KINDS = ['image/png', 'image/jpeg', 'image/webp'];
let nextKey = 1;

class Uploads {
  items = $state<Upload[]>([]);
  #orders = new Map<number, Order>();
  #queue: Order[] = [];
  #going = 0;
  /** The session ended: nothing goes out until somebody is signed in again. */
  #paused = false;

  constructor() {
    connection.onReturn(() => this.#next());
  }
  get open(): Upload[] {
    return this.items.filter((one) => one.state === 'waiting' || one.state === 'going');
  }
  get refused(): Upload[] {
    return this.items.filter((one) => one.state === 'refused');
  }
  /** Under way from now on. `done` hears of the picture in the studio, at the first try or a later one. */
  bring(ws: string, file: File, done: (asset: Asset) => void = () => {}, refused: (why: Error) => void = () => {}): Upload {
    const upload = this.#add(file.name || 'pasted.png');
    const order = { upload, ws, file, stop: new AbortController(), done, refused };
    this.#orders.set(upload.key, order);
    this.#queue.push(order);
    this.#next();
    return upload;
  }
  find(key: number | undefined): Upload | undefined {
    return this.items.find((one) => one.key === key);
  }
  /** Brings what is a picture and says of the rest by name that it is none. */
  bringAll(ws: string, files: Iterable<File>): void {
    for (const file of files) {
      if (isPicture(file)) this.bring(ws, file);
      else Object.assign(this.#add(file.name), { state: 'refused', problem: t.gallery.noPicture });
    }
  }
  retry(key: number): void {
    const order = this.#orders.get(key);
    if (!order || order.upload.state !== 'refused') return;
    Object.assign(order.upload, { state: 'waiting', problem: '', part: 0 });
    this.#queue.push(order);
    this.#next();
  }
  takeOut(key: number): void {
    this.#orders.get(key)?.stop.abort();
    this.#orders.delete(key);
    this.#queue = this.#queue.filter((order) => order.upload.key !== key);
    this.items = this.items.filter((one) => one.key !== key);
  }
  clear(): void {
    for (const one of this.items) if (one.state === 'done' || one.state === 'refused') this.#orders.delete(one.key);
    this.items = this.open;
  }
  resume(): void {
    this.#paused = false;
    this.#next();
  }
  #add(name: string): Upload {
    this.items.push({ key: nextKey++, name, state: 'waiting', part: 0, problem: '', again: false });
    return this.items[this.items.length - 1] as Upload;
  }
  #next(): void {
    while (this.#going < AT_ONCE && this.#queue.length > 0 && !connection.lost && !this.#paused) {
      const order = this.#queue.shift();
      if (order) void this.#run(order);
    }
  }
  async #run(order: Order): Promise<void> {
    const { upload } = order;
    this.#going += 1;
    upload.state = 'going';
    try {
      const path = paths.assets(order.ws) + query({ name: upload.name });
      const asset = await send<Asset>(path, order.file, order.stop.signal, (part) => (upload.part = part));
      upload.state = 'done';
      this.#orders.delete(upload.key);
      order.done(asset);
    } catch (error) {
      const signedOut = error instanceof Refused && error.status === 401;
      if (error instanceof Unreachable || signedOut) {
        this.#paused ||= signedOut;
        Object.assign(upload, { state: 'waiting', part: 0 });
        this.#queue.unshift(order);
      } else if (!order.stop.signal.aborted) {
        const again = error instanceof Refused && (error.status === 429 || error.status >= 500);
        Object.assign(upload, { state: 'refused', problem: (error as Error).message, again });
        order.refused(error as Error);
      }
    } finally {
      this.#going -= 1;
      this.#next();
    }
  }
}

export const uploads = new Uploads();

function isPicture(file: File): boolean {
  return KINDS.includes(file.type) || /\.(png|jpe?g|webp)$/i.test(file.name);
}

/** The picture files of a drop or a paste. */
export function picturesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(isPicture);
}
