// What a person typed and has not sent: kept for this tab, so a reload or a lost server loses nothing.

export function keep(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(`studio:${key}`, JSON.stringify(value));
  } catch {
    // Storage may be full or off; then the draft lives in memory only.
  }
}

export function recall<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(`studio:${key}`);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    sessionStorage.removeItem(`studio:${key}`);
  } catch {
    // Nothing was kept.
  }
}

/** Small choices of this browser that are no content: panel widths, surround, key switch. */
export function prefer(key: string, value: string): void {
  try {
    localStorage.setItem(`studio:${key}`, value);
  } catch {
    // Private windows may refuse; the choice lasts for this page.
  }
}

/** The model that was used last in a workspace, by this browser. */
export function useModel(ws: string, model: string): void {
  prefer(`model:${ws}`, model);
}

export function lastModel(ws: string): string | null {
  return preferred(`model:${ws}`);
}

export function preferred(key: string): string | null {
  try {
    return localStorage.getItem(`studio:${key}`);
  } catch {
    return null;
  }
}
