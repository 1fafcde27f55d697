// Who is signed in, what the studio is up to, and which workspace the page is in.
import { get, patch, post, remove, setCsrf, wire } from '~/api/client';
import * as events from '~/api/events';
import { paths } from '~/api/paths';
import type { Me, StudioState } from '~/api/schema';
import { prefer, preferred } from '~/base/draft';
import { setLanguage } from '~/text';
import { access } from './access.svelte';
import { connection } from './connection.svelte';
import { route } from './route.svelte';
import { uploads } from './uploads.svelte';

class SessionState {
  studio = $state<StudioState | null>(null);
  me = $state<Me | null>(null);
  /** The session ended while the page was open: sign in again above what was typed. */
  ended = $state(false);
  theme = $state<'suite' | 'desk'>('suite');

  /** The workspace in the URL, or the one used last. */
  get workspace() {
    const list = this.me?.workspaces ?? [];
    const asked = route.parts[0] === 'w' ? route.parts[1] : undefined;
    return list.find((one) => one.id === asked) ?? (asked ? undefined : (list.find((one) => one.id === preferred('workspace')) ?? list[0]));
  }
  get ws(): string {
    return this.workspace?.id ?? '';
  }
  get role(): string {
    return this.workspace?.role ?? '';
  }
  may(action: string): boolean {
    return access.allows(this.role, action);
  }
  /** What a role in any workspace, or on the studio, is enough for. */
  mayAnywhere(action: string): boolean {
    const roles: string[] = [...(this.me?.workspaces ?? []).map((one) => one.role), ...(this.isOperator ? ['operator'] : [])];
    return roles.some((role) => access.allows(role, action));
  }
  get canMake(): boolean {
    return this.may('job.order');
  }
  get isOperator(): boolean {
    return this.me?.studio_role === 'operator';
  }
  /** Where someone lands who asks for nothing in particular. */
  get home(): string {
    if (this.workspace) return `/w/${this.workspace.id}/${this.canMake ? 'generate' : 'gallery'}`;
    return this.isOperator ? '/admin/health' : '/profile';
  }

  async start(): Promise<void> {
    this.setTheme(preferred('theme') === 'desk' ? 'desk' : 'suite');
    wire({
      reached: (yes) => connection.heard(yes),
      signedOut: () => this.over(),
    });
    // Nobody signed in on this browser: asking would only be refused. Where nothing can be noted, ask.
    const noted = preferred('theme') !== null;
    const known = preferred('signed-in') === 'yes' || !noted;
    // One way to the server and back less, where every one counts.
    const ahead = known && !this.me ? get<Me>(paths.me, { anonymous: true }).catch(() => null) : null;
    await this.loadStudio();
    if (this.studio?.phase !== 'ready' || !known) return;
    const me = await ahead;
    if (me) await this.take(me);
    else await this.loadMe();
  }
  async loadStudio(): Promise<void> {
    this.studio = await get<StudioState>(paths.state, { anonymous: true });
  }
  async loadMe(): Promise<void> {
    try {
      await this.take(await get<Me>(paths.me, { anonymous: true }));
    } catch (error) {
      if ((error as { status?: number }).status !== 401) throw error;
      prefer('signed-in', 'no');
    }
  }
  /** Takes a fresh answer about oneself: after sign-in, set-up, joining. */
  async take(me: Me): Promise<void> {
    this.ended = false;
    setCsrf(me.csrf ?? '');
    prefer('signed-in', 'yes');
    await Promise.all([access.load(), me.account.language ? setLanguage(me.account.language) : undefined]);
    if (me.account.theme === 'desk' || me.account.theme === 'suite') this.setTheme(me.account.theme);
    this.me = me;
    uploads.resume();
    events.open(() => {
      void this.#askWhetherAlive();
    });
  }
  async #askWhetherAlive(): Promise<void> {
    try {
      await get<Me>(paths.me);
    } catch {
      // The wires have heard it: lost, or signed out.
    }
  }
  setTheme(theme: 'suite' | 'desk'): void {
    this.theme = theme;
    document.documentElement.dataset.theme = theme;
    prefer('theme', theme);
  }
  async change(parts: { name?: string; language?: string; theme?: string; keys?: Record<string, string[]> }): Promise<void> {
    const me = await patch<Me>(paths.me, parts);
    if (this.me && me?.account) this.me = { ...this.me, account: me.account };
  }
  async signIn(email: string, password: string): Promise<void> {
    await this.take(await post<Me>(paths.sessions, { email, password }, { anonymous: true }));
  }
  async signOut(): Promise<void> {
    await remove(paths.thisSession);
    this.leave();
  }
  leave(): void {
    events.close();
    this.me = null;
    this.ended = false;
    setCsrf('');
    prefer('signed-in', 'no');
    sessionStorage.clear();
    route.go('/sign-in');
  }
  async reloadMe(): Promise<void> {
    this.me = await get<Me>(paths.me);
    setCsrf(this.me.csrf ?? '');
  }
  /** The server said that this very session is over. */
  over(): void {
    events.close();
    if (this.me) this.ended = true;
  }
}

export const session = new SessionState();
