// The keys of an editing room, for any player that has a clock.
import type { Clock } from '~/kit/player/clock.svelte';
import { t } from '~/text';
import type { Action } from './registry.svelte';

/** The stop key held makes backwards and forwards single steps, as on an editing desk; which key it is may be changed. */
let held: string | undefined;
addEventListener('keyup', (event) => {
  if (event.code === held) held = undefined;
});

export function playerActions(clock: Clock, within: () => HTMLElement | null | undefined, full?: () => void): Action[] {
  const group = () => t.keys.groups.player;
  const one = (id: string, title: () => string, keys: string[], run: Action['run']): Action => ({ id: `player.${id}`, title, group, keys, within, hidden: true, run });
  return [
    one('toggle', () => t.player.toggle, ['Space'], () => clock.toggle()),
    one('reverse', () => t.player.reverse, ['J'], () => (held ? clock.step(-1) : clock.shuttle(-1))),
    one('stop', () => t.player.stop, ['K'], (event) => { held = event?.code; clock.pause(); }),
    one('forward', () => t.player.forward, ['L'], () => (held ? clock.step(1) : clock.shuttle(1))),
    one('back', () => t.player.back, ['Left'], () => clock.step(-1)),
    one('forth', () => t.player.forth, ['Right'], () => clock.step(1)),
    one('back10', () => t.player.back10, ['Shift+Left'], () => clock.step(-10)),
    one('forth10', () => t.player.forth10, ['Shift+Right'], () => clock.step(10)),
    one('begin', () => t.player.begin, ['Home'], () => { clock.pause(); clock.seek(clock.first); }),
    one('end', () => t.player.end, ['End'], () => { clock.pause(); clock.seek(clock.last); }),
    one('in', () => t.player.markIn, ['I', '['], () => clock.markIn()),
    one('out', () => t.player.markOut, ['O', ']'], () => clock.markOut()),
    one('clear', () => t.player.clearMarks, ['\\'], () => clock.clearMarks()),
    ...(full ? [one('full', () => t.player.full, ['`'], full)] : []),
  ];
}
