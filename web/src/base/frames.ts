// The frame law: time is a frame index and a rational rate; seconds exist only at the <video> border.

export interface Rate {
  num: number;
  den: number;
}

/** The second to seek to so that the browser shows exactly this frame: its middle. */
export function seekSecond(frame: number, rate: Rate): number {
  return ((frame + 0.5) * rate.den) / rate.num;
}

/** The frame a presented media time belongs to. Rounded, never floored. */
export function frameOf(mediaTime: number, rate: Rate): number {
  return Math.round((mediaTime * rate.num) / rate.den);
}

export function clampFrame(frame: number, frames: number): number {
  return Math.max(0, Math.min(Math.max(0, frames - 1), Math.round(frame)));
}

/** Frames counted in one second of timecode: 24 for 24000/1001. */
export function nominal(rate: Rate): number {
  return Math.max(1, Math.round(rate.num / rate.den));
}

/** Non-drop timecode HH:MM:SS:FF, always the same width. */
export function timecode(frame: number, rate: Rate): string {
  const fps = nominal(rate);
  const whole = Math.max(0, Math.trunc(frame));
  const pad = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(whole / fps);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, whole % fps].map(pad).join(':');
}

/** A rate as people say it: 24, 25, 23.976. */
export function rateText(rate: Rate): string {
  const value = rate.num / rate.den;
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, '');
}

/** Milliseconds one frame lasts. */
export function frameMs(rate: Rate): number {
  return (1000 * rate.den) / rate.num;
}
