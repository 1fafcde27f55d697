// From the draft to jobs: one per wildcard choice, in order, and said plainly when one is refused.
import { useModel } from '~/base/draft';
import { expand } from '~/base/wildcards';
import { draft } from '~/state/draft.svelte';
import { jobs, orderOf } from '~/state/jobs.svelte';
import { route } from '~/state/route.svelte';
import { toasts } from '~/state/toasts.svelte';
import { session } from '~/state/session.svelte';
import { t } from '~/text';

export interface Refusal {
  sentence: string;
  fields: Record<string, string>;
}

export const LIMIT = 16;

/** Orders everything the prompt stands for; answers with what the studio refused, if it did. */
export async function order(): Promise<Refusal | null> {
  const ws = session.ws;
  const { prompts } = expand(draft.prompt, LIMIT);
  let first: string | null = null;
  for (const prompt of prompts) {
    try {
      const job = await jobs.order(ws, draft.order(prompt));
      first ??= job.id;
      useModel(ws, draft.model);
    } catch (error) {
      const refused = error as { message: string; name?: string; fields?: Record<string, string> };
      if (first) route.set({ job: first });
      const sentence = refused.name === 'Unreachable' ? t.bad.notSent : refused.message;
      return { sentence, fields: refused.fields ?? {} };
    }
  }
  if (first) route.set({ job: first });
  return null;
}

export async function cancelJob(id: string): Promise<void> {
  const ws = session.ws;
  const job = await jobs.cancel(ws, id);
  toasts.show(t.generate.cancelled, {
    action: { label: t.generate.putBack, run: () => void jobs.order(ws, orderOf(job)).then((again) => route.set({ job: again.id })) },
  });
}
