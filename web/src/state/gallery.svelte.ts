// The whole answer of a gallery question, compact; favourites and deletions change it in place.
import { get, patch, post, query, remove } from '~/api/client';
import { listen } from '~/api/events';
import { media, paths } from '~/api/paths';
import type { Asset, Gallery, GalleryItem, Render } from '~/api/schema';
import { renewed } from '~/base/newest';
import { connection } from './connection.svelte';
import { complain } from './toasts.svelte';

export interface Question {
  q: string;
  kind: string;
  favourite: boolean;
  by: string;
  deleted: boolean;
}

/** The first screens come at once even over a slow line; the rest of ten thousand follows. */
const FIRST = 240;
/** So many of the newest tell what is new. */
const NEWEST = 60;

class GalleryState {
  items = $state.raw<GalleryItem[]>([]);
  total = $state(0);
  loaded = $state(false);
  /** The sentence the query parser answered, if it did not understand. */
  problem = $state('');
  #asked = '';
  #ws = '';
  #soon: ReturnType<typeof setTimeout> | undefined;
  #stop: AbortController | null = null;

  constructor() {
    listen((name, data) => {
      if (!this.#asked) return;
      if (name === 'reset' || (['render', 'asset'].includes(name) && data.workspace === this.#ws)) this.refresh();
    });
    connection.onReturn(() => this.refresh());
  }

  async ask(ws: string, question: Question): Promise<void> {
    const path = paths.gallery(ws) + query({ ...question, kind: question.kind === 'all' ? '' : question.kind });
    const fresh = path !== this.#asked;
    if (ws !== this.#ws) {
      this.items = [];
      this.loaded = false;
    }
    this.#ws = ws;
    this.#asked = path;
    this.#stop?.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const first = await get<Gallery>(some(path, FIRST), { signal });
      if (this.#asked !== path) return;
      this.#take(first);
      this.problem = '';
      this.loaded = true;
      if (first.items.length < first.total) this.#take(await get<Gallery>(path, { signal }));
    } catch (error) {
      if ((error as Error).name === 'AbortError') return;
      const status = (error as { status?: number }).status;
      if (status === 400 || status === 422) {
        this.problem = (error as Error).message;
        if (fresh) this.items = [];
        this.loaded = true;
      } else complain(error);
    }
  }
  #take(answer: Gallery): void {
    this.items = answer.items;
    this.total = answer.total;
  }
  /** Asks what is new a moment later: many events are one question, and a long list is not sent again for one picture. */
  refresh(): void {
    clearTimeout(this.#soon);
    const ws = this.#ws;
    const asked = this.#asked;
    const still = () => asked !== '' && asked === this.#asked && ws === this.#ws;
    this.#soon = setTimeout(async () => {
      if (!still()) return;
      try {
        const head = await get<Gallery>(some(asked, NEWEST));
        if (!still()) return;
        const items = renewed(this.items, head.items, head.total);
        if (items) this.#take({ ...head, items });
        else {
          const whole = await get<Gallery>(asked);
          if (still()) this.#take(whole);
        }
      } catch {
        // The banner says when the studio is gone.
      }
    }, 400);
  }
  close(): void {
    this.#asked = '';
  }
  drop(ids: string[]): void {
    const gone = new Set(ids);
    this.items = this.items.filter((item) => !gone.has(item[0]));
    this.total = Math.max(0, this.total - gone.size);
  }
  mark(id: string, favourite: boolean): void {
    const at = this.items.findIndex((item) => item[0] === id);
    const item = this.items[at];
    if (item) this.items = this.items.with(at, [item[0], item[1], item[2], item[3], favourite, item[5]]);
  }
}

const some = (path: string, most: number) => `${path}${path.includes('?') ? '&' : '?'}most=${most}`;

export const gallery = new GalleryState();

export async function setFavourite(ws: string, id: string, favourite: boolean): Promise<void> {
  gallery.mark(id, favourite);
  try {
    await patch<Render | Asset>(media(ws, id), { favourite });
  } catch (error) {
    gallery.mark(id, !favourite);
    complain(error);
  }
}

/** Puts several into the bin, and says which did go. */
export async function bin(ws: string, ids: string[]): Promise<string[]> {
  return each(ids, (id) => remove(media(ws, id)));
}

export async function restore(ws: string, ids: string[]): Promise<string[]> {
  const back = await each(ids, (id) => post(`${media(ws, id)}/restore`));
  gallery.refresh();
  return back;
}

/** Small batches, so that 200 deletions do not drown the server; failures are said once. */
async function each(ids: string[], run: (id: string) => Promise<unknown>): Promise<string[]> {
  const done: string[] = [];
  let problem: unknown = null;
  for (let at = 0; at < ids.length; at += 4) {
    await Promise.all(ids.slice(at, at + 4).map((id) => run(id).then(() => done.push(id), (error: unknown) => (problem = error))));
  }
  if (problem) complain(problem);
  return done;
}
