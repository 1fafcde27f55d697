// The recipe being written. It outlives a reload, a lost server and a visit to other pages of this tab.
import { keep, recall } from '~/base/draft';
import type { Axis, Model, Order, Recipe, Reference, RefRole, Task } from '~/api/schema';
import { fitting } from './models.svelte';

export interface DraftReference {
  /** `ren_…` or `ast_…`; null while the upload is under way. */
  id: string | null;
  role: RefRole;
  name: string;
  /** Local picture until the server has one. */
  local?: string;
  /** Which upload brings it. */
  upload?: number;
  problem?: string;
  key: number;
}

interface Kept {
  task: Task;
  prompt: string;
  negative: string;
  references: DraftReference[];
  width: number;
  height: number;
  steps: number;
  guidance: number;
  seed: number | null;
  variations: number;
  model: string;
  frames: number;
  rate: { num: number; den: number };
  strength: number | null;
  scheduler: string | null;
  rewritten?: Rewritten | null;
  grid?: boolean;
  x?: Axis;
  y?: Axis | null;
}

/** What the model is told in place of a prompt, as long as the prompt is this one. */
export interface Rewritten {
  of: string;
  text: string;
}

let nextKey = 1;

class Draft {
  task = $state<Task>('picture');
  prompt = $state('');
  negative = $state('');
  references = $state<DraftReference[]>([]);
  width = $state(0);
  height = $state(0);
  steps = $state(0);
  guidance = $state(0);
  seed = $state<number | null>(null);
  variations = $state(4);
  model = $state('');
  frames = $state(48);
  rate = $state({ num: 24, den: 1 });
  /** Null: as the model does it. */
  strength = $state<number | null>(null);
  scheduler = $state<string | null>(null);
  rewritten = $state<Rewritten | null>(null);
  /** Switched on, one picture per cell takes the place of the variations. */
  grid = $state(false);
  x = $state<Axis>({ field: 'seed', values: ['1', '2', '3'] });
  y = $state<Axis | null>(null);
  #ws = '';

  /** Opens the draft of a workspace, or a fresh one. */
  open(ws: string): void {
    if (this.#ws === ws) return;
    this.#ws = ws;
    const kept = recall<Kept>(`draft:${ws}`);
    if (kept) {
      Object.assign(this, kept, { references: kept.references.filter((one) => one.id).map((one) => ({ ...one, key: nextKey++ })) });
    } else {
      Object.assign(this, { task: 'picture', prompt: '', negative: '', references: [], width: 0, height: 0, steps: 0, guidance: 0, seed: null, variations: 4, model: '', strength: null, scheduler: null, rewritten: null, grid: false, x: { field: 'seed', values: ['1', '2', '3'] }, y: null });
    }
  }
  keep(): void {
    if (!this.#ws) return;
    const { task, prompt, negative, width, height, steps, guidance, seed, variations, model, frames, rate, strength, scheduler, rewritten, grid, x, y } = this;
    const references = this.references.map(({ id, role, name, key }) => ({ id, role, name, key }));
    keep(`draft:${this.#ws}`, { task, prompt, negative, references, width, height, steps, guidance, seed, variations, model, frames, rate, strength, scheduler, rewritten, grid, x, y });
  }
  /** Takes a model: its own advice for what is unset or was the advice of the model before; a person's choice as far as
      the model can follow it. */
  adopt(model: Model, before?: Model): void {
    const { defaults } = model;
    const advised = (field: 'width' | 'height' | 'steps' | 'guidance') => !this[field] || this[field] === before?.defaults[field];
    const shape = advised('width') && advised('height') ? defaults : this;
    this.model = model.name;
    [this.width, this.height] = [fitting(model, shape.width), fitting(model, shape.height)];
    this.steps = advised('steps') ? defaults.steps : Math.min(this.steps, model.max_steps);
    if (advised('guidance')) this.guidance = defaults.guidance;
    if (defaults.frames) this.frames = defaults.frames;
    if (defaults.rate) this.rate = { ...defaults.rate };
    if (model.strength === null) this.strength = null;
    if (this.scheduler && !model.schedulers.includes(this.scheduler)) this.scheduler = null;
    if (!model.rewrites) this.rewritten = null;
    if (!model.tasks.includes(this.task)) this.task = model.tasks[0] ?? 'picture';
  }
  /** "Use this again": the whole recipe of a render, with its seed. */
  use(ws: string, recipe: Recipe, keepSeed: boolean): void {
    this.open(ws);
    this.task = recipe.task;
    this.prompt = recipe.prompt;
    this.negative = recipe.negative ?? '';
    this.references = recipe.references.map((one) => ({ id: one.render ?? one.asset ?? null, role: one.role, name: '', key: nextKey++ }));
    this.width = recipe.width;
    this.height = recipe.height;
    this.steps = recipe.steps;
    this.guidance = recipe.guidance;
    this.seed = keepSeed ? recipe.seed : null;
    this.variations = keepSeed ? 1 : 4;
    this.model = recipe.model;
    if (recipe.frames) this.frames = recipe.frames;
    if (recipe.rate) this.rate = { ...recipe.rate };
    this.strength = recipe.strength ?? null;
    this.scheduler = recipe.scheduler ?? null;
    this.rewritten = recipe.rewritten ? { of: recipe.prompt, text: recipe.rewritten } : null;
    this.keep();
  }
  add(reference: Omit<DraftReference, 'key'>): DraftReference {
    this.references.push({ ...reference, key: nextKey++ });
    return this.references[this.references.length - 1] as DraftReference;
  }
  /** The order as the server wants it. */
  order(prompt: string): Order {
    const recipe = this.recipe(prompt);
    return this.grid ? { ...recipe, variations: 1, grid: { x: this.x, y: this.y } } : recipe;
  }
  /** The references that the server has. */
  get named(): Reference[] {
    return this.references.flatMap((one) =>
      one.id ? [one.id.startsWith('ast_') ? { asset: one.id, role: one.role } : { render: one.id, role: one.role }] : [],
    );
  }
  get cells(): number {
    return this.x.values.length * (this.y?.values.length ?? 1);
  }
  /** The recipe as the server wants it. */
  recipe(prompt: string): Recipe {
    return {
      task: this.task,
      prompt,
      negative: this.negative.trim() || null,
      references: this.named,
      width: this.width,
      height: this.height,
      steps: this.steps,
      guidance: this.guidance,
      seed: this.seed,
      variations: this.variations,
      model: this.model,
      ...(this.task === 'clip' ? { frames: this.frames, rate: { ...this.rate } } : {}),
      ...(this.task === 'edit' && this.strength !== null ? { strength: this.strength } : {}),
      ...(this.scheduler ? { scheduler: this.scheduler } : {}),
      ...(this.task !== 'clip' && this.rewritten?.of === prompt && this.rewritten.text.trim() ? { rewritten: this.rewritten.text } : {}),
    };
  }
}

export const draft = new Draft();
