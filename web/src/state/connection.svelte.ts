// Whether the studio answers. When it does not: a quiet banner, patient retries, and word to everyone on return.
import { alive } from '~/api/client';

class Connection {
  lost = $state(false);
  since = $state(0);
  tries = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #back = new Set<() => void>();

  /** Runs each time the studio is there again. */
  onReturn(run: () => void): () => void {
    this.#back.add(run);
    return () => this.#back.delete(run);
  }
  heard(yes: boolean): void {
    if (yes && this.lost) this.#returned();
    if (!yes && !this.lost) {
      this.lost = true;
      this.since = Date.now();
      this.tries = 0;
      this.#plan();
    }
  }
  async retry(): Promise<void> {
    clearTimeout(this.#timer);
    this.tries += 1;
    if (await alive()) this.#returned();
    else this.#plan();
  }
  #returned(): void {
    clearTimeout(this.#timer);
    if (!this.lost) return;
    this.lost = false;
    for (const run of this.#back) run();
  }
  #plan(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.retry(), Math.min(8000, 1000 * 1.6 ** this.tries));
  }
}

export const connection = new Connection();
