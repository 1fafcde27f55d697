// Turns key presses into actions. Positions (J K L) go by code, letters by meaning.
import { preferred } from '~/base/draft';
import { keysOf } from './bindings';
import { registry } from './registry.svelte';

const NAMED: Record<string, string> = {
  ' ': 'Space', ArrowLeft: 'Left', ArrowRight: 'Right', ArrowUp: 'Up', ArrowDown: 'Down', Escape: 'Esc', Delete: 'Del', PageUp: 'PgUp', PageDown: 'PgDn',
};

function names(event: KeyboardEvent): string[] {
  const base = NAMED[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const mods = `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}`;
  const shift = event.shiftKey ? 'Shift+' : '';
  const all = [mods + shift + base];
  // `?` and `/` need Shift on some boards: the sign itself counts.
  if (event.key.length === 1 && !/[a-z0-9]/i.test(event.key)) all.push(mods + base);
  if (event.code.startsWith('Key')) all.push(mods + shift + event.code.slice(3));
  if (event.code.startsWith('Digit')) all.push(mods + shift + event.code.slice(5));
  return all;
}

/** Keys that belong to the browser, to the focus, or to whatever has it. */
const RESERVED = new Set(['Tab', 'Enter', 'Esc', 'F5', 'F6', 'F11', 'F12', 'Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+R', 'Ctrl+L', 'Ctrl+Tab', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X', 'Alt+F4', 'Alt+Left', 'Alt+Right']);
const MODIFIERS = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead', 'Process', 'Unidentified'];

/** The one name under which a press is kept; none while only Shift, Ctrl or Alt is down. */
export function nameOf(event: KeyboardEvent): string | null {
  if (MODIFIERS.includes(event.key) || event.isComposing) return null;
  const all = names(event);
  const sign = event.key.length === 1 && !/[a-z0-9 ]/i.test(event.key);
  // With Alt some boards write another sign: then the position is the name.
  const last = all.at(-1) ?? null;
  return sign && !event.altKey ? (all[1] ?? null) : event.altKey && sign ? last : (all[0] ?? null);
}

export function isReserved(key: string): boolean {
  return RESERVED.has(key.replace('Shift+', ''));
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}

export function singleKeysOn(): boolean {
  return preferred('single-keys') !== 'off';
}

export function heed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.key === 'Dead') return;
  const pressed = names(event);
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const inDialog = document.querySelector('dialog[open]') !== null;
  const focus = document.activeElement;
  // A click beside every control puts the focus on the page itself.
  const nowhere = focus === null || focus === document.body || focus.matches('main');

  for (const action of registry.all.toReversed()) {
    if (!keysOf(action).some((key) => pressed.includes(key))) continue;
    if (action.when && !action.when()) continue;
    if (inDialog && !focus?.closest('dialog')?.contains(action.within?.() ?? null)) continue;
    if (plain && !/^F\d/.test(pressed[0] ?? '')) {
      if (typing(event.target) || !singleKeysOn()) continue;
      const room = action.within?.();
      if (action.within && !nowhere && !room?.contains(focus)) continue;
      // Space and Enter on a focused control belong to the control; so do arrows in a radio group.
      if (['Space', 'Enter'].includes(pressed[0] ?? '') && focus instanceof HTMLElement && focus.matches('button, a, input, summary')) continue;
      if (focus instanceof HTMLInputElement && ['radio', 'range'].includes(focus.type) && /Left|Right|Up|Down/.test(pressed[0] ?? '')) continue;
    }
    event.preventDefault();
    action.run(event);
    return;
  }
}
