// The little blur a picture shows before it is there: 4 by 3 colours of 16 bits, row by row, big end first.

const COLUMNS = 4;
const ROWS = 3;

/** The colours of the server's blur text as [r, g, b], or none. */
export function blurCells(text: string): [number, number, number][] {
  let raw: string;
  try {
    raw = atob(text);
  } catch {
    return [];
  }
  if (raw.length !== COLUMNS * ROWS * 2) return [];
  const cells: [number, number, number][] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const word = (raw.charCodeAt(at) << 8) | raw.charCodeAt(at + 1);
    cells.push([Math.round(((word >> 11) / 31) * 255), Math.round((((word >> 5) & 63) / 63) * 255), Math.round(((word & 31) / 31) * 255)]);
  }
  return cells;
}

/** A CSS background of soft spots, or nothing. */
export function blurBackground(text: string | null | undefined): string {
  const cells = blurCells(text ?? '');
  if (cells.length === 0) return '';
  const rgb = (cell: [number, number, number] | undefined) => `rgb(${cell?.join(' ') ?? '28 28 28'})`;
  const spots = cells.map((cell, at) => {
    const x = ((at % COLUMNS) / (COLUMNS - 1)) * 100;
    const y = (Math.floor(at / COLUMNS) / (ROWS - 1)) * 100;
    return `radial-gradient(40% 50% at ${x.toFixed(0)}% ${y.toFixed(0)}%, ${rgb(cell)}, transparent)`;
  });
  return `${spots.join(',')},${rgb(cells[5])}`;
}
