// What a peer may take of us on one HTTP/2 connection. Each number bounds an attack that costs its sender less than us; none
// is one that a proper peer meets. Sizes and time limits of requests are those of HTTP/1 (client/limits.ts).
import { constants, type ServerSessionOptions } from "node:http2";

/** Requests at once, as nginx allows: a client with more waits, or opens another connection. */
export const MAX_STREAMS = 128;
/** Of a request's body that may arrive before a node takes it (Envoy's edge default): 8 MiB on a whole connection. */
const STREAM_WINDOW = 65_536;
/** Fields of one head or trailer section. Within the size allowed, 32 KiB, empty ones would otherwise be a thousand. */
const MAX_FIELDS = 200;
/**
 * Rapid reset (CVE-2023-44487): streams opened only to be cancelled, so that their number at once is never reached. Each
 * may ask a node for nothing. A client that gives up all it may have open, and then again, is still let be.
 */
const RESET_BURST = 2 * MAX_STREAMS;
const RESETS_PER_SECOND = 33;
/** Frames that break the protocol, and streams opened against our word, until the connection is closed. */
const MAX_BROKEN_FRAMES = 20;
const MAX_REFUSED_STREAMS = 100;
/** Entries of one SETTINGS frame: there are nine to be set. */
const MAX_SETTINGS = 32;
/** MiB that a connection's frames and what is written to its streams may hold: all its streams, each with its fill. */
const MAX_SESSION_MIB = 64;

/** PINGs, and SETTINGS, in ten seconds. Go's gRPC clients ping once a round trip while data flows; settings hardly change. */
export const MAX_PINGS = 10_000;
export const MAX_SETTINGS_FRAMES = 100;
export const CONTROL_WINDOW_MS = 10_000;

/** @param maxHead bytes of a head, names and values and 32 for each field (RFC 9113 §6.5.2) */
export const serverOptions = (maxHead: number): ServerSessionOptions & { strictSingleValueFields: boolean } => ({
  settings: {
    maxConcurrentStreams: MAX_STREAMS,
    initialWindowSize: STREAM_WINDOW,
    maxHeaderListSize: maxHead,
    enableConnectProtocol: false,
  },
  maxHeaderListPairs: MAX_FIELDS,
  maxSessionInvalidFrames: MAX_BROKEN_FRAMES,
  maxSessionRejectedStreams: MAX_REFUSED_STREAMS,
  maxSessionMemory: MAX_SESSION_MIB,
  maxSettings: MAX_SETTINGS,
  streamResetBurst: RESET_BURST,
  streamResetRate: RESETS_PER_SECOND,
  paddingStrategy: constants.PADDING_STRATEGY_NONE,
  // What a node says twice is passed on twice, as in HTTP/1.
  strictSingleValueFields: false,
});

// --- towards nodes -----------------------------------------------------------------------------------------------------

/** Requests at once on one session, or fewer when the node says so; more open another. gRPC servers allow 100 mostly. */
export const MAX_NODE_STREAMS = 100;
/** How long a node that owes an answer may say nothing before it is asked whether it lives, and how long it has to say so. */
export const PING_AFTER_MS = 5_000;
export const PING_WITHIN_MS = 5_000;

export const clientOptions = {
  settings: { enablePush: false, initialWindowSize: 262_144, maxHeaderListSize: 65_536 },
  maxHeaderListPairs: MAX_FIELDS,
  maxSessionInvalidFrames: MAX_BROKEN_FRAMES,
  maxSessionMemory: MAX_SESSION_MIB,
  maxSettings: MAX_SETTINGS,
  strictSingleValueFields: false,
};
