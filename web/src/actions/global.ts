// Actions that are there on every page.
import Activity from '@lucide/svelte/icons/activity';
import Command from '@lucide/svelte/icons/command';
import Folder from '@lucide/svelte/icons/folder';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import Images from '@lucide/svelte/icons/images';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import ListVideo from '@lucide/svelte/icons/list-video';
import LogOut from '@lucide/svelte/icons/log-out';
import Scan from '@lucide/svelte/icons/scan';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Search from '@lucide/svelte/icons/search';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import User from '@lucide/svelte/icons/user';
import Users from '@lucide/svelte/icons/users';
import { overlay } from '~/state/overlay.svelte';
import { route } from '~/state/route.svelte';
import { session } from '~/state/session.svelte';
import { complain } from '~/state/toasts.svelte';
import { language, setLanguage, t } from '~/text';
import type { Action } from './registry.svelte';

const inWorkspace = () => session.ws !== '';
const go = (page: string) => () => route.go(`/w/${session.ws}/${page}`);
const goTo = () => t.keys.groups.go;
const everywhere = () => t.keys.groups.everywhere;

export function toggleTheme(): void {
  const next = session.theme === 'suite' ? 'desk' : 'suite';
  session.setTheme(next);
  session.change({ theme: next }).catch(complain);
}

export async function switchLanguage(to: string): Promise<void> {
  await setLanguage(to);
  await session.change({ language: to }).catch(complain);
}

export const globalActions: Action[] = [
  { id: 'go.generate', title: () => t.nav.generate, group: goTo, keys: ['Alt+1'], icon: Scan, when: inWorkspace, run: go('generate') },
  { id: 'go.gallery', title: () => t.nav.gallery, group: goTo, keys: ['Alt+2'], icon: Images, when: inWorkspace, run: go('gallery') },
  { id: 'go.queue', title: () => t.nav.queue, group: goTo, keys: ['Alt+3'], icon: ListVideo, when: inWorkspace, run: go('queue') },
  { id: 'go.people', title: () => t.nav.people, group: goTo, keys: ['Alt+4'], icon: Users, when: inWorkspace, run: go('people') },
  { id: 'go.about', title: () => t.workspace.settings, group: goTo, icon: Folder, when: inWorkspace, run: go('about') },
  { id: 'go.log', title: () => t.workspace.logOf(session.workspace?.name ?? ''), group: goTo, icon: ScrollText, when: () => session.may('audit.see'), run: go('log') },
  { id: 'go.health', title: () => t.nav.admin, group: goTo, keys: ['Alt+5'], icon: Activity, when: () => session.isOperator, run: () => route.go('/admin/health') },
  { id: 'go.profile', title: () => t.nav.profile, group: goTo, keys: ['Alt+0'], icon: User, run: () => route.go('/profile') },
  { id: 'palette', title: () => t.keys.palette, group: everywhere, keys: ['Ctrl+K'], icon: Command, hidden: true, run: () => (overlay.palette = true) },
  { id: 'keys', title: () => t.keys.title, group: everywhere, keys: ['?'], icon: Keyboard, run: () => (overlay.keys = true) },
  {
    id: 'search', title: () => t.nav.search, group: everywhere, keys: ['/'], icon: Search, when: inWorkspace,
    run: () => document.querySelector<HTMLInputElement>('#search')?.focus(),
  },
  { id: 'workspace.new', title: () => t.workspace.another, group: everywhere, icon: FolderPlus, when: () => session.mayAnywhere('workspace.create'), run: () => (overlay.newWorkspace = true) },
  { id: 'theme', title: () => t.nav.theme, group: everywhere, icon: SunMoon, run: toggleTheme },
  {
    id: 'language', title: () => t.nav.language, group: everywhere, icon: Languages,
    run: () => void switchLanguage(language() === 'en' ? 'de' : 'en'),
  },
  { id: 'sign-out', title: () => t.nav.signOut, group: everywhere, icon: LogOut, run: () => void session.signOut().catch(complain) },
];
