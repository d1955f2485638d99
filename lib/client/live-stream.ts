// The EventSource of a browser (shared-stream.ts says which tab has it). When it is down it is opened again with growing
// pauses, and meanwhile the server is polled, so that figures are at worst a few seconds old and never silently wrong.
import type { StreamEvents } from "#lib/contracts/views.ts";

export type StreamEventName = keyof StreamEvents;
/** An event as it came. `id`: see stream-position.ts. */
export type StreamFrame = { name: StreamEventName; id: string; data: string };
export type FrameHandlers = {
  take: (frame: StreamFrame) => void;
  /** The stream does not deliver; called every `POLL_MS` until it does again. */
  poll: () => void;
};

const POLL_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** The server sends a heartbeat every 15 s and a tick every second: silence for longer means a dead connection. */
const SILENCE_MS = 20_000;
/** Somebody looks again, or there is a network again: silence for this long is enough to connect anew. */
const WAKE_MS = 5_000;

const NAMES = Object.keys({
  sync: true,
  tick: true,
  node: true,
  resources: true,
  alert: true,
  revision: true,
  worker: true,
  database: true,
} satisfies Record<StreamEventName, true>) as StreamEventName[];

/** Calls `act` when somebody looks again after a while, or the network is back. @returns how to end that */
export function onWake(act: () => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const look = () => void (document.hidden || act());
  window.addEventListener("online", act, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  document.addEventListener("resume", act, { signal });
  return () => ended.abort();
}

/** Opens the stream and keeps it open. @returns a function that closes it for good. */
export function openStream(url: string, handlers: FrameHandlers): () => void {
  let source: EventSource | undefined;
  let retryMs = FIRST_RETRY_MS;
  let lastHeardMs = Date.now();
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;
  let pollTimer: ReturnType<typeof setInterval> | undefined;

  const startPolling = () => {
    if (pollTimer !== undefined) return;
    handlers.poll();
    pollTimer = setInterval(handlers.poll, POLL_MS);
  };
  const stopPolling = () => {
    clearInterval(pollTimer);
    pollTimer = undefined;
  };
  const reopenLater = () => {
    source?.close();
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    startPolling();
    retryTimer = setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };
  const heard = () => {
    lastHeardMs = Date.now();
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(reopenLater, SILENCE_MS);
  };
  const take = (name: StreamEventName, { data, lastEventId }: MessageEvent<string>) => {
    heard();
    if (name === "sync") {
      retryMs = FIRST_RETRY_MS;
      stopPolling();
    }
    handlers.take({ name, id: lastEventId, data });
  };
  // After sleep a connection may be dead without a word, and the pauses between attempts may be long by then.
  const stopWaking = onWake(() => {
    if (Date.now() - lastHeardMs < WAKE_MS) return;
    clearTimeout(retryTimer);
    retryMs = FIRST_RETRY_MS;
    source?.close();
    open();
  });
  function open(): void {
    source = new EventSource(url);
    source.onerror = reopenLater;
    for (const name of NAMES) source.addEventListener(name, (event) => take(name, event));
    source.addEventListener("heartbeat", heard);
    heard();
  }

  open();
  return () => {
    stopWaking();
    source?.close();
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    stopPolling();
  };
}
