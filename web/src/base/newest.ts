// A list that is newest first, brought up to date from the newest part of the server's.

/** The known list with `head` before it, or null where the two do not meet and all must be asked again. */
export function renewed<T extends readonly [id: string, ...rest: unknown[]]>(known: readonly T[], head: readonly T[], total: number): T[] | null {
  const last = head.at(-1);
  if (head.length >= total || !last) return head.length === total ? [...head] : null;
  const meets = known.findIndex((item) => item[0] === last[0]);
  if (meets < 0) return null;
  const all = [...head, ...known.slice(meets + 1)];
  // The same number and no gap: nothing further down came or went.
  return all.length === total ? all : null;
}
