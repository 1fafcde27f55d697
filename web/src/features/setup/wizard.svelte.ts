// The first run: what was entered so far, kept for a reload; secrets are kept nowhere.
import { post } from '~/api/client';
import { paths } from '~/api/paths';
import type { SetupDone } from '~/api/schema';
import { keep, recall, forget } from '~/base/draft';
import { route } from '~/state/route.svelte';
import { session } from '~/state/session.svelte';

export const STEPS = ['studio', 'owner', 'address', 'workspace', 'unlock', 'device'] as const;
export type Step = (typeof STEPS)[number];

interface Kept { code: string; studio: string; contact: string; name: string; email: string; workspace: string; method: 'passphrase' | 'key_file'; step: Step }

class Wizard {
  /** The code was accepted by the server. */
  admitted = $state(false);
  code = $state('');
  step = $state<Step>('studio');
  studio = $state('');
  contact = $state('');
  name = $state('');
  email = $state('');
  password = $state('');
  workspace = $state('');
  method = $state<'passphrase' | 'key_file'>('passphrase');
  passphrase = $state('');
  again = $state('');
  /** Shown once, then only on the printed sheet. */
  recovery = $state('');

  constructor() {
    const kept = recall<Kept>('setup');
    if (kept) Object.assign(this, kept);
  }
  keep(): void {
    const { code, studio, contact, name, email, workspace, method, step } = this;
    keep('setup', { code, studio, contact, name, email, workspace, method, step } satisfies Kept);
  }
  go(step: Step): void {
    this.step = step;
    this.keep();
  }
  get at(): number {
    return STEPS.indexOf(this.step);
  }
  next(): void {
    const next = STEPS[this.at + 1];
    if (next) this.go(next);
  }
  back(): void {
    const before = STEPS[this.at - 1];
    if (before) this.go(before);
  }
  async check(): Promise<void> {
    await post(paths.setupCheck, { code: this.code.trim() }, { anonymous: true });
    this.admitted = true;
    this.keep();
  }
  async create(): Promise<void> {
    const done = await post<SetupDone>(paths.setup, {
      code: this.code.trim(),
      studio_name: this.studio.trim(),
      contact: this.contact.trim() || this.email.trim(),
      owner: { name: this.name.trim(), email: this.email.trim(), password: this.password },
      unlock: this.method === 'passphrase' ? { method: 'passphrase', passphrase: this.passphrase } : { method: 'key_file' },
      workspace_name: this.workspace.trim(),
    }, { anonymous: true });
    this.recovery = done.recovery_key;
    this.password = '';
    this.passphrase = '';
    this.again = '';
    forget('setup');
    // First the place, then the person: who is signed in at a bare /setup is shown home.
    route.go('/setup?step=recovery', true);
    await session.take(done.me);
  }
}

export const wizard = new Wizard();
