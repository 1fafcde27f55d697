// The one live stream of a tab. It resumes by itself; on a gap the server says `reset` and everyone asks again.
import { paths } from './paths';

export type EventName = 'job' | 'render' | 'asset' | 'caption' | 'member' | 'notice' | 'session' | 'reset' | 'hello';
export interface LiveEvent { workspace?: string; id?: string; [key: string]: unknown }
type Listener = (name: EventName, data: LiveEvent) => void;

const NAMES: EventName[] = ['job', 'render', 'asset', 'caption', 'member', 'notice', 'session', 'reset', 'hello'];
const listeners = new Set<Listener>();
let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let lost = false;

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(name: EventName, data: LiveEvent): void {
  for (const listener of listeners) listener(name, data);
}

/** Opens the stream; `onBreak` hears of trouble. */
export function open(onBreak: () => void): void {
  close();
  source = new EventSource(paths.events);
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      let data: LiveEvent = {};
      try {
        data = JSON.parse((event as MessageEvent<string>).data || '{}') as LiveEvent;
      } catch {
        // A line we cannot read is as good as a gap.
        tell('reset', {});
        return;
      }
      // A stream that broke and did not resume where it was has a gap.
      if (name === 'hello' && lost && data.resumed !== true) tell('reset', {});
      if (name === 'hello') lost = false;
      tell(name, data);
    });
  }
  source.onerror = () => {
    lost = true;
    const closed = source?.readyState === EventSource.CLOSED;
    onBreak();
    if (closed) {
      clearTimeout(retry);
      retry = setTimeout(() => source && open(onBreak), 3000);
    }
  };
}

export function close(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
}
