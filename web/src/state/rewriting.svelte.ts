// A prompt that the model's rewriter says anew: asked for, followed, offered. It goes on while one looks elsewhere.
import { get, post, Refused, Unreachable } from '~/api/client';
import { paths } from '~/api/paths';
import type { Rewrite } from '~/api/schema';
import { said } from '~/text';
import { draft, type Rewritten } from './draft.svelte';

/** Milliseconds between two questions how far it is. */
const PAUSE = 600;

class Rewriting {
  going = $state.raw<Rewrite | null>(null);
  /** Not used before somebody takes it. */
  offer = $state<Rewritten | null>(null);
  problem = $state('');
  #ws = '';

  /** What is on its way or offered belongs to one workspace. */
  open(ws: string): void {
    if (this.#ws === ws) return;
    this.#ws = ws;
    this.going = this.offer = null;
    this.problem = '';
  }
  async ask(): Promise<void> {
    const ws = this.#ws;
    const { task, prompt, model, named: references } = draft;
    this.offer = null;
    this.problem = '';
    try {
      let now = (this.going = await post<Rewrite>(paths.rewrites(ws), { task, prompt, references, model }));
      while (now.state === 'waiting' || now.state === 'working') {
        await new Promise((go) => setTimeout(go, PAUSE));
        if (this.going?.id !== now.id) return;
        now = this.going = await this.#look(ws, now);
      }
      if (now.text !== null) this.offer = { of: prompt, text: now.text };
      else if (now.problem) this.problem = said(now.problem.code, now.problem.detail);
    } catch (error) {
      if (this.#ws === ws) this.problem = (error as Error).message;
    }
    if (this.#ws === ws) this.going = null;
  }
  /** How far it is; while the studio does not answer or is locked, as far as it was. */
  async #look(ws: string, now: Rewrite): Promise<Rewrite> {
    try {
      return await get<Rewrite>(paths.rewrite(ws, now.id));
    } catch (error) {
      if (error instanceof Unreachable || (error instanceof Refused && error.code === 'locked')) return now;
      throw error;
    }
  }
  async cancel(): Promise<void> {
    const id = this.going?.id;
    this.going = null;
    // Ended meanwhile: then there is nothing to cancel.
    if (id) await post(paths.cancelRewrite(this.#ws, id), {}).catch(() => {});
  }
  take(): void {
    draft.rewritten = this.offer;
    this.offer = null;
    draft.keep();
  }
}

export const rewriting = new Rewriting();
