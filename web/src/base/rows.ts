// Gallery layout: justified rows or an even grid, computed whole so that the scrollbar is true from the start.

export interface Row {
  top: number;
  height: number;
  /** First item of the row, and one past its last. */
  from: number;
  to: number;
  widths: number[];
}

export interface Layout {
  rows: Row[];
  height: number;
}

export function justified(ratios: readonly number[], width: number, target: number, gap: number): Layout {
  const rows: Row[] = [];
  let top = 0;
  let from = 0;
  let sum = 0;
  const close = (to: number, full: boolean) => {
    const room = width - gap * (to - from - 1);
    const height = Math.floor(full ? Math.min(room / sum, target * 1.6) : Math.min(target, room / sum));
    const widths: number[] = [];
    for (let i = from; i < to; i += 1) widths.push(Math.floor(height * (ratios[i] ?? 1)));
    // Rounding leaves a few pixels: the last of a full row takes them, so that the edge is straight.
    const over = room - widths.reduce((sum, width) => sum + width, 0);
    if (full && over > 0 && over < 12 && widths.length > 0) widths[widths.length - 1] = (widths[widths.length - 1] ?? 0) + over;
    rows.push({ top, height, from, to, widths });
    top += height + gap;
    from = to;
    sum = 0;
  };
  for (let i = 0; i < ratios.length; i += 1) {
    sum += Math.max(0.2, Math.min(5, ratios[i] ?? 1));
    if (sum * target + gap * (i - from) >= width) close(i + 1, true);
  }
  if (from < ratios.length) close(ratios.length, false);
  return { rows, height: Math.max(0, top - gap) };
}

export function grid(count: number, width: number, target: number, gap: number): Layout {
  const columns = Math.max(1, Math.round((width + gap) / (target + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  const rows: Row[] = [];
  for (let from = 0; from < count; from += columns) {
    const to = Math.min(count, from + columns);
    rows.push({ top: rows.length * (side + gap), height: side, from, to, widths: Array(to - from).fill(side) });
  }
  return { rows, height: Math.max(0, rows.length * (side + gap) - gap) };
}

/** The rows that touch a window of the page, as a half-open range. */
export function visible(layout: Layout, top: number, bottom: number): [number, number] {
  const { rows } = layout;
  const first = (test: (row: Row) => boolean) => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (test(rows[middle] as Row)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return [first((row) => row.top + row.height > top), first((row) => row.top >= bottom)];
}

/** The row an item lies in. */
export function rowOf(layout: Layout, item: number): number {
  return layout.rows.findIndex((row) => item >= row.from && item < row.to);
}
