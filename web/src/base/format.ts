// Numbers and times as people read them. The locale is handed in: this floor knows no language.

export function bytes(value: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toLocaleString(locale, { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

const SHAPES = {
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  clock: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
// Making a format costs more than a hundred uses of it, and a wall of pictures uses one per tile.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(shape: keyof typeof SHAPES, locale: string): Intl.DateTimeFormat {
  const key = `${shape} ${locale}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, SHAPES[shape]);
  formats.set(key, known);
  return known;
}

export function moment(iso: string | number | null | undefined, locale: string): string {
  if (iso === null || iso === undefined) return '–';
  return format('moment', locale).format(new Date(iso));
}

export function clock(iso: string | number, locale: string): string {
  return format('clock', locale).format(new Date(iso));
}

export function day(ms: number, locale: string): string {
  return format('day', locale).format(ms);
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** Width to height as the trade says it: 16:9, 2.39, 1:1. */
export function aspect(width: number, height: number): string {
  const known: [number, string][] = [[1, '1:1'], [4 / 3, '4:3'], [3 / 2, '3:2'], [16 / 9, '16:9'], [1.85, '1.85'], [2, '2:1'], [2.39, '2.39'], [3 / 4, '3:4'], [2 / 3, '2:3'], [9 / 16, '9:16']];
  const value = width / height;
  for (const [ratio, name] of known) if (Math.abs(value - ratio) / ratio < 0.015) return name;
  return value.toFixed(2);
}
