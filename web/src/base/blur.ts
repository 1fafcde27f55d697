// The little blur a picture shows before it is there: 24 bytes are a grid of 4 by 2 colours, three bytes each.

/** A CSS background from the server's blur text, or none. */
export function blurBackground(text: string | null | undefined): string {
  if (!text) return '';
  let raw: string;
  try {
    raw = atob(text);
  } catch {
    return '';
  }
  if (raw.length < 24) return '';
  const cell = (at: number) => `rgb(${raw.charCodeAt(at * 3)} ${raw.charCodeAt(at * 3 + 1)} ${raw.charCodeAt(at * 3 + 2)})`;
  const spots: string[] = [];
  for (let y = 0; y < 2; y += 1) {
    for (let x = 0; x < 4; x += 1) {
      spots.push(`radial-gradient(ellipse 30% 60% at ${x * 33}% ${y * 100}%, ${cell(y * 4 + x)}, transparent)`);
    }
  }
  return `${spots.join(',')},${cell(5)}`;
}
