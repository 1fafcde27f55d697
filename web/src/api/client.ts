// The only door to the server: JSON in and out, problems as errors, the CSRF word on every change.
import type { Problem } from './schema';

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly request: string | undefined;
  readonly fields: Record<string, string>;
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.request = problem.request;
    this.fields = Object.fromEntries((problem.fields ?? []).map((entry) => [entry.field, entry.detail]));
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super('The studio does not answer.');
    this.name = 'Unreachable';
  }
}

interface Wires {
  /** Called when an answer came (true) or none did (false). */
  reached: (yes: boolean) => void;
  /** Called on 401, except where the caller said that is a normal answer. */
  signedOut: () => void;
}

let wires: Wires = { reached: () => {}, signedOut: () => {} };
let csrf = '';

export function wire(next: Wires): void {
  wires = next;
}

export function setCsrf(word: string): void {
  csrf = word;
}

interface Options {
  body?: unknown;
  /** Raw bytes instead of JSON. */
  raw?: Blob;
  signal?: AbortSignal;
  /** A 401 here is an answer, not the end of the session. */
  anonymous?: boolean;
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  let body: BodyInit | undefined;
  if (options.raw) {
    headers['Content-Type'] = options.raw.type || 'application/octet-stream';
    body = options.raw;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;

  let answer: Response;
  try {
    const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
    if (body !== undefined) init.body = body;
    if (options.signal) init.signal = options.signal;
    answer = await fetch(path, init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    wires.reached(false);
    throw new Unreachable();
  }
  // A gateway in front of a dead studio answers too; that is still "gone".
  if (answer.status === 502 || answer.status === 504) {
    wires.reached(false);
    throw new Unreachable();
  }
  wires.reached(true);
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  let data: unknown = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (answer.ok) return data as T;
  if (answer.status === 401 && !options.anonymous) wires.signedOut();
  throw new Refused(asProblem(answer, data));
}

function asProblem(answer: Response, data: unknown): Problem {
  const given = (typeof data === 'object' && data !== null ? data : {}) as Partial<Problem>;
  return {
    type: given.type ?? 'about:blank',
    title: given.title ?? answer.statusText,
    status: answer.status,
    detail: given.detail ?? `The studio answered ${answer.status}.`,
    code: given.code ?? `http_${answer.status}`,
    ...(given.request ? { request: given.request } : {}),
    ...(given.fields ? { fields: given.fields } : {}),
  };
}

export const get = <T>(path: string, options?: Options) => call<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options?: Options) => call<T>('POST', path, { body: body ?? {}, ...options });
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body });
export const remove = <T>(path: string) => call<T>('DELETE', path);
export const send = <T>(path: string, raw: Blob, signal?: AbortSignal) => call<T>('POST', path, signal ? { raw, signal } : { raw });

/** True when the server is up, said without touching any session. */
export async function alive(): Promise<boolean> {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store' });
    return answer.ok;
  } catch {
    return false;
  }
}

/** A query string without empty parts. */
export function query(parts: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) {
    if (value === null || value === undefined || value === '' || value === false) continue;
    search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
