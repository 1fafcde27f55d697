// Pictures on their way into the studio: two at a time, each one's end known, none lost when the server is.
import { query, Refused, send, Unreachable } from '~/api/client';
import { paths } from '~/api/paths';
import type { Asset } from '~/api/schema';
import { connection } from './connection.svelte';

export interface Upload {
  key: number;
  name: string;
  state: 'waiting' | 'going' | 'done' | 'refused';
  problem: string;
  asset: Asset | null;
}

interface Order { upload: Upload; ws: string; file: File; done: (asset: Asset) => void; refused: (why: string) => void }

const AT_ONCE = 2;
export const KINDS = ['image/png', 'image/jpeg', 'image/webp'];
let nextKey = 1;

class Uploads {
  items = $state<Upload[]>([]);
  #queue: Order[] = [];
  #going = 0;

  constructor() {
    connection.onReturn(() => this.#next());
  }
  get open(): Upload[] {
    return this.items.filter((one) => one.state === 'waiting' || one.state === 'going');
  }
  get refused(): Upload[] {
    return this.items.filter((one) => one.state === 'refused');
  }
  bring(ws: string, file: File): Promise<Asset> {
    this.items.push({ key: nextKey++, name: file.name || 'pasted.png', state: 'waiting', problem: '', asset: null });
    const upload = this.items[this.items.length - 1] as Upload;
    return new Promise((resolve, reject) => {
      this.#queue.push({ upload, ws, file, done: resolve, refused: (why) => reject(new Error(why)) });
      this.#next();
    });
  }
  clear(): void {
    this.items = this.open;
  }
  #next(): void {
    while (this.#going < AT_ONCE && this.#queue.length > 0 && !connection.lost) {
      const order = this.#queue.shift();
      if (order) void this.#run(order);
    }
  }
  async #run(order: Order): Promise<void> {
    this.#going += 1;
    order.upload.state = 'going';
    try {
      const asset = await send<Asset>(paths.assets(order.ws) + query({ name: order.upload.name }), order.file);
      order.upload.state = 'done';
      order.upload.asset = asset;
      order.done(asset);
    } catch (error) {
      if (error instanceof Unreachable) {
        order.upload.state = 'waiting';
        this.#queue.unshift(order);
      } else {
        order.upload.state = 'refused';
        order.upload.problem = error instanceof Refused ? error.message : String(error);
        order.refused(order.upload.problem);
      }
    } finally {
      this.#going -= 1;
      this.#next();
    }
  }
}

export const uploads = new Uploads();

/** The picture files of a drop or a paste. */
export function picturesOf(data: DataTransfer | null): File[] {
  if (!data) return [];
  const files = [...data.files];
  return files.filter((file) => KINDS.includes(file.type) || /\.(png|jpe?g|webp)$/i.test(file.name));
}
