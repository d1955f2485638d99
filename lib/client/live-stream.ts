// The one EventSource of a browser tab. When it is down it is opened again with growing pauses, and meanwhile the server
// is polled, so that figures are at worst a few seconds old and never silently wrong.
import type { z } from "zod";
import { STREAM_EVENTS, type StreamEvents } from "#lib/contracts/views.ts";

export type StreamHandlers = { [K in keyof StreamEvents]: (payload: StreamEvents[K]) => void } & {
  /** The stream does not deliver; called every `POLL_MS` until it does again. */
  poll: () => void;
};

const POLL_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** The server sends a heartbeat every 15 s and a tick every second: silence for longer means a dead connection. */
const SILENCE_MS = 20_000;

/** Opens the stream and keeps it open. @returns a function that closes it for good. */
export function openStream(url: string, handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let retryMs = FIRST_RETRY_MS;
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
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(reopenLater, SILENCE_MS);
  };
  const take = <K extends keyof StreamEvents>(name: K, event: MessageEvent<string>) => {
    heard();
    const payload = parse(name, event.data);
    if (!payload) return;
    if (name === "sync") {
      retryMs = FIRST_RETRY_MS;
      stopPolling();
    }
    (handlers[name] as (payload: StreamEvents[K]) => void)(payload);
  };
  function open(): void {
    source = new EventSource(url);
    source.onerror = reopenLater;
    for (const name of Object.keys(STREAM_EVENTS) as (keyof StreamEvents)[])
      source.addEventListener(name, (event) => take(name, event));
    source.addEventListener("heartbeat", heard);
    heard();
  }

  open();
  return () => {
    source?.close();
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    stopPolling();
  };
}

/** An event out of contract counts as missing: the age of the data then shows it, instead of a wrong figure. */
function parse<K extends keyof StreamEvents>(name: K, text: string): StreamEvents[K] | undefined {
  const schema: z.ZodType = STREAM_EVENTS[name];
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data as StreamEvents[K];
  console.error(`Event ${name} of the live stream is not understood`, parsed.error);
  return undefined;
}
