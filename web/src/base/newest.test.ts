import { expect, it } from 'vitest';
import { renewed } from './newest';

const list = (...ids: string[]) => ids.map((id) => [id] as [string]);

it('puts what is new before what is known', () => {
  expect(renewed(list('c', 'b', 'a'), list('e', 'd', 'c'), 5)).toEqual(list('e', 'd', 'c', 'b', 'a'));
});

it('drops what is gone from the newest part', () => {
  expect(renewed(list('d', 'c', 'b', 'a'), list('d', 'b'), 3)).toEqual(list('d', 'b', 'a'));
});

it('asks again when something further down came or went, or the two parts do not meet', () => {
  expect(renewed(list('d', 'c', 'b', 'a'), list('d', 'c'), 3)).toBeNull();
  expect(renewed(list('b', 'a'), list('z', 'y'), 9)).toBeNull();
});

it('takes a whole answer as it is', () => {
  expect(renewed(list('b', 'a'), list('x'), 1)).toEqual(list('x'));
  expect(renewed(list('b', 'a'), [], 0)).toEqual([]);
});
