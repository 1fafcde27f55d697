// The one list of actions: it feeds buttons, keys, menus, the palette and the key sheet.
import type { Component } from 'svelte';

export interface Action {
  id: string;
  title: () => string;
  group: () => string;
  /** As written on the key sheet: `Ctrl+Enter`, `J`, `Shift+Left`, `?`. First one is shown. */
  keys?: string[];
  icon?: Component<any>;
  /** Not offered and not heard while false. */
  when?: () => boolean;
  /** Single keys act only while the focus is in here, or nowhere. */
  within?: () => HTMLElement | null | undefined;
  /** Not in the palette (arrow keys and the like). */
  hidden?: boolean;
  run: (event?: KeyboardEvent) => void;
}

class Registry {
  // The truth is a plain list: a teardown reads the old value of any state, which would bring back the dead.
  #sets: Action[][] = [];
  #shown = $state.raw<Action[]>([]);

  /** Later sets win over earlier ones for the same key. */
  get all(): Action[] {
    return this.#shown;
  }
  get offered(): Action[] {
    return this.all.filter((action) => !action.when || action.when());
  }
  register(actions: Action[]): () => void {
    this.#change([...this.#sets, actions]);
    return () => this.#change(this.#sets.filter((set) => set !== actions));
  }
  #change(sets: Action[][]): void {
    this.#sets = sets;
    this.#shown = sets.flat();
  }
}

export const registry = new Registry();
