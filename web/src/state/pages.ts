// The pages of a room that has several: which there are for this person, and which one is open.
import { t } from '~/text';
import { route } from './route.svelte';
import { session } from './session.svelte';

export interface Tab { href: string; label: string; here: boolean }

export function adminTabs(): Tab[] {
  const pages = [['health', t.admin.health], ['models', t.admin.models], ['audit', t.admin.audit], ['people', t.nav.people]] as const;
  const here = route.parts[1] ?? 'health';
  return pages.map(([page, label]) => ({ href: `/admin/${page}`, label, here: page === here }));
}

export function workspaceTabs(): Tab[] {
  const pages = [['about', t.workspace.about, 'workspace.see'], ['people', t.nav.people, 'member.see'], ['log', t.workspace.log, 'audit.see']] as const;
  return pages.filter(([, , action]) => session.may(action)).map(([page, label]) => ({ href: `/w/${session.ws}/${page}`, label, here: route.parts[2] === page }));
}
