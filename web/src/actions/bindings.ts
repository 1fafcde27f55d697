// Which keys an action has: its own, unless this person gave it others; how they are changed, and where two collide.
import { session } from '~/state/session.svelte';
import { registry, type Action } from './registry.svelte';

type Bound = Pick<Action, 'id' | 'keys'>;
type Bindings = Record<string, string[]>;

function own(): Bindings {
  return session.me?.account.keys ?? {};
}

export function keysOf(action: Bound): string[] {
  return own()[action.id] ?? action.keys ?? [];
}

/** The first key of an action by its name, for the hint on a button. */
export function keyOf(id: string): string | undefined {
  const action = registry.all.findLast((one) => one.id === id);
  return action && keysOf(action)[0];
}

export function isChanged(id: string): boolean {
  return id in own();
}

export function anyChanged(): boolean {
  return Object.keys(own()).length > 0;
}

/** Another action that is here now and has this key already. */
export function holder(key: string, of: string): Action | undefined {
  return registry.all.findLast((action) => action.id !== of && keysOf(action).includes(key));
}

/** Gives an action these keys, and takes the same keys from whoever else has them here; no keys at all is a choice too. */
export async function bind(action: Bound, keys: string[]): Promise<void> {
  const next: Bindings = { ...own(), [action.id]: keys };
  for (const other of registry.all) {
    const kept = keysOf(other);
    if (other.id !== action.id && kept.some((key) => keys.includes(key))) next[other.id] = kept.filter((key) => !keys.includes(key));
  }
  await save(next);
}

export async function reset(id: string): Promise<void> {
  await save(Object.fromEntries(Object.entries(own()).filter(([one]) => one !== id)));
}

export async function resetAll(): Promise<void> {
  await save({});
}

/** What equals the page's own keys is no change and is not kept. */
async function save(next: Bindings): Promise<void> {
  for (const { id, keys = [] } of registry.all) {
    if (next[id] && next[id].join(' ') === keys.join(' ')) delete next[id];
  }
  await session.change({ keys: next });
}
