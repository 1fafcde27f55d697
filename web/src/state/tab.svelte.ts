// What the browser's tab says: the page, and how far one's own work is, so that one can look elsewhere meanwhile.
import { jobs, progress } from './jobs.svelte';
import { session } from './session.svelte';

class Tab {
  title = $state('');

  /** 0 to 1 while something of one's own is rendered, otherwise null. */
  get part(): number | null {
    const own = jobs.running.find((job) => job.by.id === session.me?.account.id);
    return own ? progress(own) : null;
  }
}

export const tab = new Tab();

/** The house mark with its light; a ring around it fills as the work goes on. */
export function favicon(part: number | null): string {
  if (part === null) return '/mark.svg';
  const round = 2 * Math.PI * 11;
  const ring = (colour: string, length: number) => `<circle cx="16" cy="16" r="11" fill="none" stroke="${colour}" stroke-width="4" stroke-dasharray="${length.toFixed(1)} 99" transform="rotate(-90 16 16)"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="5" fill="#141414"/>${ring('#474747', 99)}${ring('#e8a33d', part * round)}<circle cx="16" cy="16" r="4" fill="#e8a33d"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
