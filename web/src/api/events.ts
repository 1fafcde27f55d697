// The live stream. Of all tabs of a browser one holds it and tells the others: a connection per tab would use up the
// six that HTTP/1.1 allows, and the seventh tab would hang. On a gap the server says `reset` and everyone asks again.
import { paths } from './paths';

export type EventName = 'job' | 'render' | 'asset' | 'caption' | 'workspace' | 'member' | 'model' | 'import' | 'notice' | 'session' | 'reset' | 'hello';
export interface LiveEvent { workspace?: string; id?: string; [key: string]: unknown }
type Listener = (name: EventName, data: LiveEvent) => void;
/** What the tab with the stream passes on; `number` is the event's place in the server's feed. */
type Word = { name: EventName; data: LiveEvent; number: number } | { broken: true };

const NAMES: EventName[] = ['job', 'render', 'asset', 'caption', 'workspace', 'member', 'model', 'import', 'notice', 'session', 'reset', 'hello'];
const SHARED = 'studio-events';
const listeners = new Set<Listener>();
let leave: (() => void) | null = null;
/** The newest event this tab has heard, from whichever stream. */
let heard = 0;

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(name: EventName, data: LiveEvent, number = 0): void {
  if (number > 0 && number <= heard) return;
  if (number > 0) heard = number;
  for (const listener of listeners) listener(name, data);
}

/** Joins the stream; `onBreak` hears of trouble. */
export function open(onBreak: () => void): void {
  close();
  // Both are missing over plain HTTP, and in old browsers: then every tab has a stream of its own.
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') {
    leave = stream((word) => hear(word, onBreak));
    return;
  }
  const channel = new BroadcastChannel(SHARED);
  channel.onmessage = (event: MessageEvent<Word>) => hear(event.data, onBreak);
  const left = new AbortController();
  let end = () => {};
  // Whoever gets the lock has the stream until the tab closes, falls over or signs out; then the next in line gets it.
  void navigator.locks
    .request(SHARED, { signal: left.signal }, () => new Promise<void>((release) => {
      const stop = stream((word) => {
        // The others first: hearing of the end of the session, this tab leaves.
        channel.postMessage(word);
        hear(word, onBreak);
      });
      end = () => {
        stop();
        release();
      };
    }))
    .catch(() => {
      // Left before it was this tab's turn.
    });
  leave = () => {
    left.abort();
    end();
    channel.close();
  };
}

export function close(): void {
  leave?.();
  leave = null;
}

function hear(word: Word, onBreak: () => void): void {
  if ('broken' in word) onBreak();
  else tell(word.name, word.data, word.number);
}

/** One connection to the server, made again when it breaks. */
function stream(pass: (word: Word) => void): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  // What came before this page was opened is in the answers it asked for.
  let gap = heard > 0;
  const connect = () => {
    source = new EventSource(heard > 0 ? `${paths.events}?last_event_id=${heard}` : paths.events);
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        const { data: text, lastEventId } = event as MessageEvent<string>;
        let data: LiveEvent;
        try {
          data = JSON.parse(text || '{}') as LiveEvent;
        } catch {
          // A line we cannot read is as good as a gap.
          pass({ name: 'reset', data: {}, number: 0 });
          return;
        }
        if (name !== 'hello') pass({ name, data, number: Number(lastEventId) || 0 });
        // A stream that does not go on where the last one ended has a gap.
        else if (gap && data.resumed !== true) pass({ name: 'reset', data: {}, number: 0 });
        if (name === 'hello') gap = false;
      });
    }
    source.onerror = () => {
      gap = true;
      pass({ broken: true });
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(connect, 3000);
    };
  };
  connect();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
