// The text layer: one typed tree per language; the compiler refuses a language that misses a word.
import { en, type Text } from './en';

const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const languages = Object.entries(LANGUAGES) as [Language, string][];

let tree = $state.raw<Text>(en);
let current = $state<Language>('en');

/** All words of the current language; reading one in a component follows a change of language. */
export const t = new Proxy({} as Text, {
  get: (_, key) => tree[key as keyof Text],
});

export function language(): Language {
  return current;
}

export function locale(): string {
  return current === 'de' ? 'de-DE' : 'en-GB';
}

/**
 * A refusal in the reader's language where its code is known; otherwise the server's own sentence, written out. Of a
 * grid it says in which cell, as the server's does.
 */
export function said(code: string, sentence: string, cell?: { field: string; value: string }[] | null): string {
  const own = t.problems[code];
  if (own && cell?.length) return t.grid.inCell(cell.map(({ field, value }) => `${field === 'prompt' ? '' : t.grid.fields[field] ?? field} ${value}`.trim()).join(', '), own);
  if (own) return own;
  const whole = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return /[.!?…:)]$/.test(whole) || whole === '' ? whole : `${whole}.`;
}

export async function setLanguage(wanted: string): Promise<void> {
  const next: Language = wanted.startsWith('de') ? 'de' : 'en';
  tree = next === 'de' ? (await import('./de')).de : en;
  current = next;
  document.documentElement.lang = next;
}
