// Where we are: the URL is the state of every view, so a link is a note.

class Route {
  #url = $state(new URL(location.href));

  constructor() {
    addEventListener('popstate', () => (this.#url = new URL(location.href)));
  }
  get path(): string {
    return this.#url.pathname;
  }
  get parts(): string[] {
    return this.#url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  }
  get hash(): string {
    return this.#url.hash.slice(1);
  }
  get full(): string {
    return this.#url.pathname + this.#url.search;
  }
  get(key: string): string | null {
    return this.#url.searchParams.get(key);
  }

  go(to: string, replace = false): void {
    const next = new URL(to, location.href);
    if (next.href === location.href) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', next);
    this.#url = next;
  }

  /** Changes parts of the query; empty values leave it. */
  set(parts: Record<string, string | number | boolean | null | undefined>, replace = true): void {
    const next = new URL(this.#url);
    for (const [key, value] of Object.entries(parts)) {
      if (value === null || value === undefined || value === '' || value === false) next.searchParams.delete(key);
      else next.searchParams.set(key, String(value));
    }
    this.go(next.pathname + next.search, replace);
  }
}

export const route = new Route();

/** Plain clicks on our own links stay in the page. */
export function followLinks(): void {
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.pathname === '/trust') return;
    event.preventDefault();
    route.go(link.pathname + link.search);
  });
}
