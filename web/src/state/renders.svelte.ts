// Renders and uploads seen on this page, by id, kept true by events.
import { SvelteMap } from 'svelte/reactivity';
import { get } from '~/api/client';
import { listen } from '~/api/events';
import { media } from '~/api/paths';
import type { Asset, Render } from '~/api/schema';

const cache = new SvelteMap<string, Render | Asset>();
const asked = new Set<string>();

listen((name, data) => {
  if (name === 'reset') cache.clear();
  const id = data.id as string | undefined;
  if (['render', 'asset', 'caption'].includes(name) && id && cache.has(id)) void fetchOne(data.workspace as string, id);
});

async function fetchOne(ws: string, id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    cache.set(id, await get<Render | Asset>(media(ws, id)));
  } catch {
    // A picture that cannot be read shows as missing; whoever needs the reason asks itself.
  } finally {
    asked.delete(id);
  }
}

/** The render if known; asks for it otherwise and the reader updates when it comes. */
export function seen(ws: string, id: string): Render | Asset | undefined {
  const known = cache.get(id);
  if (!known) queueMicrotask(() => void fetchOne(ws, id));
  return known;
}

export function remember(one: Render | Asset): void {
  cache.set(one.id, one);
}

export function isRender(one: Render | Asset | undefined): one is Render {
  return one !== undefined && 'recipe' in one;
}
