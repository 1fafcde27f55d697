// The only door to the server: JSON in and out, problems as errors, the CSRF word on every change.
import { said } from '~/text';
import type { Problem } from './schema';

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly request: string | undefined;
  readonly fields: Record<string, string>;
  constructor(readonly problem: Problem) {
    super(said(problem.code, problem.detail || problem.title, problem.cell));
    this.status = problem.status;
    this.code = problem.code;
    this.request = problem.request;
    const fields = problem.fields ?? [];
    // The code names the first fault only: a second one keeps the sentence it came with.
    this.fields = Object.fromEntries(fields.map((entry, at) => [entry.field, at === 0 ? said(problem.code, entry.detail, problem.cell) : said('', entry.detail)]));
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

/** A question that nobody has begun to answer after so long will not be. Changes may take their time. */
const PATIENCE = 30_000;

interface Options {
  body?: unknown;
  signal?: AbortSignal;
  /** A 401 here is an answer, not the end of the session. */
  anonymous?: boolean;
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  let body: BodyInit | undefined;
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;

  const silence = new AbortController();
  const late = method === 'GET' ? setTimeout(() => silence.abort(), PATIENCE) : undefined;
  let answer: Response;
  try {
    const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
    if (body !== undefined) init.body = body;
    init.signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
    answer = await fetch(path, init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw gone();
  } finally {
    clearTimeout(late);
  }
  // A gateway in front of a dead studio answers too; that is still "gone".
  if (gatewayAlone(answer.status)) throw gone();
  wires.reached(true);
  if (answer.status === 204) return undefined as T;
  return judged<T>(answer, await answer.text(), options.anonymous);
}

const gatewayAlone = (status: number) => status === 502 || status === 504;

function gone(): Unreachable {
  wires.reached(false);
  return new Unreachable();
}

/** The answer, or the refusal it is. */
function judged<T>(answer: { status: number; statusText: string }, text: string, anonymous = false): T {
  let data: unknown = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (answer.status >= 200 && answer.status < 300) return data as T;
  if (answer.status === 401 && !anonymous) wires.signedOut();
  throw new Refused(asProblem(answer, data));
}

function asProblem(answer: { status: number; statusText: string }, data: unknown): Problem {
  const given = (typeof data === 'object' && data !== null ? data : {}) as Partial<Problem>;
  return {
    type: given.type ?? 'about:blank',
    title: given.title ?? answer.statusText,
    status: answer.status,
    detail: given.detail ?? `The studio answered ${answer.status}.`,
    code: given.code ?? `http_${answer.status}`,
    ...(given.request ? { request: given.request } : {}),
    ...(given.fields ? { fields: given.fields } : {}),
    ...(given.cell ? { cell: given.cell } : {}),
  };
}

export const get = <T>(path: string, options?: Options) => call<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options?: Options) => call<T>('POST', path, { body: body ?? {}, ...options });
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body });
export const remove = <T>(path: string) => call<T>('DELETE', path);

/** Sends a file. Not by fetch, which cannot tell how much of it has gone out. */
export function send<T>(path: string, file: Blob, signal: AbortSignal, sent: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    if (csrf) request.setRequestHeader('X-CSRF-Token', csrf);
    request.upload.onprogress = (event) => sent(event.total > 0 ? event.loaded / event.total : 0);
    request.onload = () => {
      if (gatewayAlone(request.status)) return reject(gone());
      wires.reached(true);
      try {
        resolve(judged<T>(request, request.responseText));
      } catch (refused) {
        reject(refused as Error);
      }
    };
    request.onerror = () => reject(gone());
    request.onabort = () => reject(new DOMException('Taken back', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

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
