import { expect, it } from 'vitest';
import { grid, justified, rowOf, visible } from './rows';

const ratios = Array.from({ length: 10_000 }, (_, i) => [1, 1.5, 0.66, 2.39][i % 4] as number);

it('lays out ten thousand without losing or doubling one', () => {
  const layout = justified(ratios, 1180, 180, 6);
  let next = 0;
  for (const row of layout.rows) {
    expect(row.from).toBe(next);
    next = row.to;
    const used = row.widths.reduce((a, b) => a + b, 0) + 6 * (row.widths.length - 1);
    expect(used).toBeLessThanOrEqual(1180);
  }
  expect(next).toBe(10_000);
});

it('finds exactly the rows in a window', () => {
  const layout = grid(100, 600, 100, 0);
  expect(visible(layout, 0, 100)).toEqual([0, 1]);
  expect(visible(layout, 150, 350)).toEqual([1, 4]);
  expect(rowOf(layout, 13)).toBe(2);
});
