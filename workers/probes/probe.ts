// One check of one node: connect (TCP, then TLS), then HTTP on the same connection. Spoken on bare sockets, as a client
// library costs several times as much and thousands of nodes are checked every few seconds. No keep-alive: a check must
// meet what a new connection meets. One time-out covers it all, the name look-up included.
import net, { type LookupFunction } from "node:net";
import { performance } from "node:perf_hooks";
import tls from "node:tls";
import type { HealthCheck } from "#lib/contracts/config.ts";
import { hostOf } from "#workers/names/host-name.ts";
import { ResponseHead } from "./http.ts";
import { reasonOf } from "./reasons.ts";

/** What is checked; `url` as ConfigNode has it. */
export type ProbeTarget = { readonly url: string; readonly check: Pick<HealthCheck, "timeoutMs" | "http"> };
/** `reason` is a stable code: `ok`, `connect-refused`, `status-503`, ... */
export type ProbeResult = { passed: boolean; reason: string; latencyMs: number };

/** After the verdict the rest of the answer is read and thrown away, so that the node sees a polite end. */
const MAX_DRAINED_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 500;

type Endpoint = { host: string; port: number; servername: string | undefined; request: Buffer };

/** Checks a node once. Never rejects for what the node does: whatever goes wrong is the result. */
export const probe = (target: ProbeTarget, lookup: LookupFunction): Promise<ProbeResult> =>
  new Promise((resolve) => new Check(target, lookup, resolve));

class Check {
  readonly #http: HealthCheck["http"];
  readonly #resolve: (result: ProbeResult) => void;
  readonly #socket: net.Socket;
  readonly #head = new ResponseHead();
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #stage: "connect" | "tls" | "http" | "over" = "connect";
  #drainedBytes = 0;

  constructor(target: ProbeTarget, lookup: LookupFunction, resolve: (result: ProbeResult) => void) {
    const endpoint = endpointOf(target);
    this.#http = target.check.http;
    this.#resolve = resolve;
    this.#socket = connect(endpoint, lookup)
      .once("connect", () => endpoint.servername !== undefined && this.#reach("tls"))
      .once(endpoint.servername === undefined ? "connect" : "secureConnect", () => this.#speak(endpoint.request))
      .on("data", (chunk: Buffer) => this.#read(chunk))
      .on("error", (error) => this.#fail(reasonOf(error)))
      .on("close", () => this.#fail("closed-without-answer"));
    // The second look lets an answer count that lay in the socket while this process was busy.
    this.#timer = setTimeout(() => setImmediate(() => this.#timeOut()), target.check.timeoutMs);
  }

  #reach(stage: "tls" | "http"): void {
    if (this.#stage !== "over") this.#stage = stage;
  }

  #speak(request: Buffer): void {
    if (!this.#http.enabled) {
      this.#end(true, "ok");
      this.#socket.destroy();
      return;
    }
    this.#reach("http");
    this.#socket.write(request);
  }

  #read(chunk: Buffer): void {
    if (this.#stage === "over") {
      this.#drainedBytes += chunk.length;
      if (this.#drainedBytes > MAX_DRAINED_BYTES) this.#socket.destroy();
      return;
    }
    const status = this.#head.push(chunk);
    if (status === "invalid") this.#fail("not-http");
    else if (status !== undefined) this.#answered(status);
  }

  #answered(status: number): void {
    const accepted = this.#http.statuses.some((range) => status >= range.from && status <= range.to);
    this.#end(accepted, accepted ? "ok" : `status-${status}`);
    const stop = setTimeout(() => this.#socket.destroy(), MAX_DRAIN_MS);
    this.#socket.once("close", () => clearTimeout(stop));
  }

  #timeOut(): void {
    if (this.#stage !== "over") this.#fail(TIMEOUT_REASON[this.#stage]);
  }

  #fail(reason: string): void {
    this.#end(false, reason);
    this.#socket.destroy();
  }

  /** Only the first verdict counts. */
  #end(passed: boolean, reason: string): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    clearTimeout(this.#timer);
    this.#resolve({ passed, reason, latencyMs: Math.round((performance.now() - this.#startedMs) * 100) / 100 });
  }
}

function connect({ host, port, servername }: Endpoint, lookup: LookupFunction): net.Socket {
  if (servername === undefined) return net.connect({ host, port, lookup, noDelay: true });
  const name = net.isIP(servername) ? "" : servername;
  return tls.connect({ host, port, lookup, servername: name, ALPNProtocols: ["http/1.1"] });
}

const TIMEOUT_REASON = { connect: "connect-timeout", tls: "tls-timeout", http: "http-timeout" } as const;

/** The check's path is taken below the node's base path, as requests are. */
function endpointOf({ url, check: { http } }: ProbeTarget): Endpoint {
  const where = new URL(url);
  const { protocol, host, port, pathname } = where;
  const secure = protocol === "https:";
  const name = hostOf(where);
  const path = pathname.replace(/\/$/, "") + http.path;
  return {
    host: name,
    port: Number(port) || (secure ? 443 : 80),
    servername: secure ? name : undefined,
    request: Buffer.from(
      `${http.method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: gemini-balance-check\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
      "latin1",
    ),
  };
}
