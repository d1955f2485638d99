// Server-sent events as bytes (HTML standard, 9.2). Every event is encoded once, however many browsers get it.
import type { StreamEvents } from "#lib/contracts/views.ts";

const encoder = new TextEncoder();

/** @param id the event's place among those of one run of the hub; "": it has none. A new connection gets everything by `sync`. */
export function encodeEvent<K extends keyof StreamEvents>(name: K, payload: StreamEvents[K], id: string): Uint8Array {
  return encodeRaw(name, JSON.stringify(payload), id);
}

/** The same for a payload that is JSON already. */
export const encodeRaw = (name: keyof StreamEvents, json: string, id: string): Uint8Array =>
  encoder.encode(`id: ${id}\nevent: ${name}\ndata: ${json}\n\n`);

/** Keeps intermediaries from closing a silent connection, and is an event, so that pages can tell silence from death. */
export const HEARTBEAT = encoder.encode(": alive\nevent: heartbeat\ndata: {}\n\n");

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // no-transform: a proxy that compresses would hold events back.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;
