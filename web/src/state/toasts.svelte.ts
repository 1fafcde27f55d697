// Short words at the edge of the page, with an undo where there is one.

export interface Toast {
  id: number;
  text: string;
  kind: 'plain' | 'bad' | 'good';
  action?: { label: string; run: () => void };
  seconds: number;
}

let next = 1;

class Toasts {
  items = $state<Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
    const toast: Toast = { id: next++, text, kind: 'plain', seconds: more.action ? 10 : 5, ...more };
    this.items = [...this.items.slice(-3), toast];
    this.#timers.set(toast.id, setTimeout(() => this.drop(toast.id), toast.seconds * 1000));
    return toast.id;
  }
  drop(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();

/** Says what a refused or failed call answered. A lost server has its own banner, a locked studio its own page. */
export function complain(error: unknown): void {
  if (error instanceof Error && (error.name === 'Unreachable' || error.name === 'AbortError')) return;
  if ((error as { code?: string }).code === 'locked') return;
  toasts.show(error instanceof Error ? error.message : String(error), { kind: 'bad', seconds: 8 });
}
