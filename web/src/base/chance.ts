// Seeds: whole numbers that a JSON number carries without loss.

export const SEED_MAX = 2 ** 53 - 1;

export function randomSeed(): number {
  const parts = crypto.getRandomValues(new Uint32Array(2));
  return (parts[0] ?? 0) * 2 ** 10 + ((parts[1] ?? 0) % 2 ** 10);
}
