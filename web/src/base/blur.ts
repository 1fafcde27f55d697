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

/**
 * A CSS background from top to bottom, or nothing. One gradient of three colours: twelve soft spots, or a bitmap of
 * twelve pixels, look better for a tenth of a second and cost a fast scroll through a long wall half of each frame.
 */
export function blurBackground(text: string | null | undefined): string {
  const cells = blurCells(text ?? '');
  if (cells.length === 0) return '';
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const across = cells.slice(row * COLUMNS, (row + 1) * COLUMNS);
    return `rgb(${[0, 1, 2].map((part) => Math.round(across.reduce((sum, cell) => sum + (cell[part] ?? 0), 0) / COLUMNS)).join(' ')})`;
  });
  return `linear-gradient(${rows.join(',')})`;
}
