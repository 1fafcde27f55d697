// Every page of the studio and the chunk it lives in.
import type { Component } from 'svelte';

type Page = Component<any>;
export interface Place {
  name: string;
  /** Which rail entry is lit. */
  nav: string;
  props: Record<string, string>;
  load: () => Promise<{ default: Page }>;
}

type Load = Place['load'];
const inWorkspace: Record<string, [nav: string, load: Load, item?: string]> = {
  generate: ['generate', () => import('~/features/generate/Generate.svelte')],
  gallery: ['gallery', () => import('~/features/gallery/Gallery.svelte')],
  r: ['gallery', () => import('~/features/render/RenderPage.svelte'), 'id'],
  sheet: ['queue', () => import('~/features/sheet/Sheet.svelte'), 'id'],
  compare: ['gallery', () => import('~/features/compare/Compare.svelte')],
  queue: ['queue', () => import('~/features/queue/Queue.svelte')],
  about: ['people', () => import('~/features/workspace/About.svelte')],
  people: ['people', () => import('~/features/people/People.svelte')],
  log: ['people', () => import('~/features/audit/Audit.svelte')],
};
const inAdmin: Record<string, Load> = {
  health: () => import('~/features/admin/Health.svelte'),
  models: () => import('~/features/admin/Models.svelte'),
  audit: () => import('~/features/audit/Audit.svelte'),
  people: () => import('~/features/admin/Accounts.svelte'),
};

export function place(parts: string[]): Place | null {
  const [first, second, third, fourth] = parts;
  if (first === 'w' && second && third) {
    const found = inWorkspace[third];
    if (!found || (found[2] && !fourth)) return null;
    return { name: third, nav: found[0], load: found[1], props: found[2] ? { ws: second, [found[2]]: fourth ?? '' } : { ws: second } };
  }
  if (first === 'admin') {
    const load = inAdmin[second ?? 'health'];
    return load ? { name: `admin-${second ?? 'health'}`, nav: 'admin', load, props: {} } : null;
  }
  if (first === 'profile') return { name: 'profile', nav: 'profile', load: () => import('~/features/profile/Profile.svelte'), props: {} };
  return null;
}

export const doors = {
  setup: () => import('~/features/setup/Setup.svelte'),
  unlock: () => import('~/features/door/Unlock.svelte'),
  recovery: () => import('~/features/door/Recovery.svelte'),
  join: () => import('~/features/door/Join.svelte'),
};
export const newWorkspace = () => import('~/features/workspace/NewWorkspace.svelte');
export const palette = () => import('~/features/palette/Palette.svelte');
export const keySheet = () => import('~/features/palette/KeySheet.svelte');
