// What holds for the proxy as a whole, before a request has a route or a pool: one group of settings each.
import * as z from "zod";
import { durationMs } from "../common.ts";
import { AddressRanges } from "./address-range.ts";
import { AlertRules } from "./alert-rule.ts";
import { AccessLogSettings } from "./recording.ts";
import { TlsListenerSettings } from "./tls.ts";
import { TracingSettings } from "./tracing.ts";

/** What a client may take of time and size before it is cut. Defaults after nginx and Apache's mod_reqtimeout. */
export const ClientLimitSettings = z.strictObject({
  /** From a head's first byte to its end, however slowly its pieces come. */
  headMs: durationMs(100, 600_000).default(10_000),
  /** Between two requests of a connection, and before its first. */
  idleMs: durationMs(100, 3_600_000).default(75_000),
  /** Between two pieces of a request's body, while it is being read. */
  bodyIdleMs: durationMs(100, 3_600_000).default(60_000),
  /** A body may take `bodyIdleMs` and a second more for each so many bytes (Apache's MinRate, Kestrel's default); 0: no limit. */
  minBodyBytesPerSecond: z.int().min(0).max(1_000_000_000).default(240),
  /** How long a client may take nothing of an answer that waits for it. */
  stallMs: durationMs(100, 3_600_000).default(60_000),
  /** How long a connection that we have ended may go on sending into the void. */
  lingerMs: durationMs(100, 60_000).default(2_000),
  maxHeadBytes: z.int().min(1_024).max(1_048_576).default(32_768),
  maxTargetBytes: z.int().min(256).max(1_048_576).default(16_384),
});
export type ClientLimitSettings = z.infer<typeof ClientLimitSettings>;

/** What is believed, and told on, of where requests come from. */
export const ForwardingSettings = z.strictObject({
  /** Proxies that were asked before us: what they tell in X-Forwarded-* and Forwarded is kept; others' is replaced. */
  trustedProxies: AddressRanges,
  /** Whether nodes get the field of RFC 7239 besides X-Forwarded-*. */
  sendForwarded: z.boolean().default(false),
});
export type ForwardingSettings = z.infer<typeof ForwardingSettings>;

/** Connections that a proxy in front hands on, telling whose they are in a header before everything else. */
export const ProxyProtocolSettings = z.strictObject({
  /** Peers that must send it, version 1 or 2; from all others it is no request. */
  from: AddressRanges,
});
export type ProxyProtocolSettings = z.infer<typeof ProxyProtocolSettings>;

/** Connections of clients at once, in all processes of a worker. Off: many clients may well share one address. */
export const ConnectionSettings = z.strictObject({
  /** Of one address; trusted proxies carry many clients and are not limited by it. 0: no limit. */
  maxPerAddress: z.int().min(0).max(1_000_000).default(0),
  /** In all; 0: no limit. */
  max: z.int().min(0).max(10_000_000).default(0),
});
export type ConnectionSettings = z.infer<typeof ConnectionSettings>;

/** Settings of every proxy process, in groups that a patch merges one by one. */
export const proxyFields = {
  forwarding: ForwardingSettings.prefault({}),
  proxyProtocol: ProxyProtocolSettings.prefault({}),
  clientLimits: ClientLimitSettings.prefault({}),
  tlsListener: TlsListenerSettings.prefault({}),
  connections: ConnectionSettings.prefault({}),
  /** What people are to be told of: they are settings of the whole, too, and their fields are the rules. */
  alertRules: AlertRules,
  accessLog: AccessLogSettings.prefault({}),
  tracing: TracingSettings.prefault({}),
};
