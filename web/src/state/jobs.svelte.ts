// The queue of the workspace as the server tells it; this page never trusts its own memory over the server's.
import { get, post, query } from '~/api/client';
import { listen, type LiveEvent } from '~/api/events';
import { paths } from '~/api/paths';
import type { Job, Page, Order, Reference } from '~/api/schema';
import { said, t } from '~/text';
import { connection } from './connection.svelte';
import { complain } from './toasts.svelte';

class Jobs {
  /** Newest first. */
  all = $state.raw<Job[]>([]);
  loaded = $state(false);
  #ws = '';
  #asked = new Set<string>();
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    listen((name, data) => {
      if (!this.#ws) return;
      if (name === 'reset') void this.load(this.#ws, true);
      if (name === 'job' && data.workspace === this.#ws) this.#hear(data);
    });
    connection.onReturn(() => {
      if (this.#ws) void this.load(this.#ws, true);
    });
  }

  get active(): Job[] {
    return this.all
      .filter((job) => job.state === 'running' || job.state === 'queued')
      .sort((a, b) => (a.position ?? -1) - (b.position ?? -1) || a.created.localeCompare(b.created));
  }
  get running(): Job[] {
    return this.all.filter((job) => job.state === 'running');
  }
  get waiting(): Job[] {
    return this.all.filter((job) => job.state === 'queued');
  }
  find(id: string): Job | undefined {
    return this.all.find((job) => job.id === id);
  }

  async load(ws: string, again = false): Promise<void> {
    if (ws === this.#ws && this.loaded && !again) return;
    if (ws !== this.#ws) {
      this.all = [];
      this.loaded = false;
    }
    this.#ws = ws;
    try {
      const [active, recent] = await Promise.all([
        get<Page<Job>>(paths.jobs(ws) + query({ state: 'active', limit: 100 })),
        get<Page<Job>>(paths.jobs(ws) + query({ state: 'all', limit: 60 })),
      ]);
      if (this.#ws !== ws) return;
      const known = new Map<string, Job>();
      for (const job of [...recent.items, ...active.items]) known.set(job.id, job);
      this.all = [...known.values()].sort((a, b) => b.created.localeCompare(a.created));
      this.loaded = true;
    } catch (error) {
      complain(error);
    }
  }

  async order(ws: string, order: Order): Promise<Job> {
    const job = await post<Job>(paths.jobs(ws), order);
    this.#put(job);
    return job;
  }
  /** Of an upscale everything but the model follows from its source: the studio fills it in. */
  async upscale(ws: string, model: string, source: Reference): Promise<Job> {
    const job = await post<Job>(paths.jobs(ws), { task: 'upscale', model, references: [source] });
    this.#put(job);
    return job;
  }
  /** The studio's own samples, as ordinary jobs. */
  async orderSamples(ws: string): Promise<Job[]> {
    const { items } = await post<{ items: Job[] }>(paths.samples(ws));
    for (const job of items) this.#put(job);
    return items;
  }
  async cancel(ws: string, id: string): Promise<Job> {
    const job = await post<Job>(paths.cancel(ws, id));
    this.#put(job);
    return job;
  }
  async one(ws: string, id: string): Promise<Job> {
    const known = this.find(id);
    if (known) return known;
    return get<Job>(paths.job(ws, id));
  }

  #put(job: Job): void {
    const at = this.all.findIndex((one) => one.id === job.id);
    // Whoever waits behind a job that ends moves up: only the server knows the new places.
    if (job.ended && at >= 0 && !this.all[at]?.ended) this.#askPlaces();
    if (at < 0) this.all = [job, ...this.all].sort((a, b) => b.created.localeCompare(a.created));
    else this.all = this.all.with(at, job);
  }
  #askPlaces(): void {
    if (this.#later) return;
    this.#later = setTimeout(() => {
      this.#later = undefined;
      if (this.waiting.length) void this.load(this.#ws, true);
    }, 400);
  }
  #hear(data: LiveEvent): void {
    const whole = (data.job ?? data) as Partial<Job>;
    const id = (whole.id ?? data.id) as string | undefined;
    if (!id) return;
    if (whole.recipe && whole.state) {
      this.#put(whole as Job);
      return;
    }
    // A step tells only what moved.
    const known = this.find(id);
    if (known && typeof whole.step === 'number') {
      const { step, steps_total = known.steps_total, variation = known.variation, preview = known.preview } = whole;
      this.#put({ ...known, state: 'running', step, steps_total, variation, preview });
      return;
    }
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    const ws = this.#ws;
    get<Job>(paths.job(ws, id))
      .then((job) => ws === this.#ws && this.#put(job), () => {})
      .finally(() => this.#asked.delete(id));
  }
}

export const jobs = new Jobs();

/** What sets a cell apart: its values, column first. */
export function cellName(grid: NonNullable<Job['grid']>, at: number): string {
  const columns = grid.x.values.length;
  return [grid.x.values[at % columns], grid.y?.values[Math.floor(at / columns)]].filter((value) => value !== undefined).join(' · ');
}

/** The order that makes the same job again. */
export function orderOf(job: Job): Order {
  return job.grid ? { ...job.recipe, grid: { x: job.grid.x, y: job.grid.y } } : job.recipe;
}

/** How far a job is, 0 to 1, over all its variations. */
export function progress(job: Job): number {
  if (job.state === 'done') return 1;
  const each = 1 / Math.max(1, job.count);
  const within = job.steps_total > 0 ? job.step / job.steps_total : 0;
  // The cells of a grid are not made in their order: what is there counts.
  const made = job.grid ? job.renders.length : job.variation;
  return Math.min(1, made * each + within * each);
}

/** Why a job waits, in the reader's words. */
export function waits(job: Job): string {
  if (!job.waiting) return t.queue.states.queued;
  const words = t.queue.waiting[job.waiting.reason];
  return words ? words(Math.max(1, (job.position ?? 1) - 1)) : said('', job.waiting.sentence);
}
