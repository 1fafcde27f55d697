import { expect, it } from 'vitest';
import { expand } from './wildcards';

it('leaves a plain prompt alone, lone braces too', () => {
  expect(expand('a red boat').prompts).toEqual(['a red boat']);
  expect(expand('a {red} boat |').prompts).toEqual(['a {red} boat |']);
});

it('makes one prompt for each combination', () => {
  expect(expand('a {red|blue} boat at {dawn|dusk}').prompts).toEqual([
    'a red boat at dawn',
    'a red boat at dusk',
    'a blue boat at dawn',
    'a blue boat at dusk',
  ]);
});

it('stops at the limit and says how many there were', () => {
  const many = expand('{1|2|3|4|5}{1|2|3|4|5}', 8);
  expect(many.prompts).toHaveLength(8);
  expect(many.total).toBe(25);
});
