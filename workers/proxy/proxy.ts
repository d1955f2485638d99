// The data plane of one process: accepts clients, holds the configuration and the state of its pools, measures. It needs
// neither control nor database: configuration and runtime facts are handed in, passive facts and frames are handed out.
import { randomBytes } from "node:crypto";
import net from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConnectionCounts, LeaseAsk, NodeTimes, PassiveFacts, RuntimeState, SlotAsk } from "#lib/contracts/bus.ts";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { NodeRuntime } from "#lib/contracts/runtime.ts";
import { SecretBook } from "#lib/store/secret-book.ts";
import type { LookUpOptions } from "#workers/names/look-up.ts";
import type { Name } from "#workers/names/name.ts";
import { Names } from "#workers/names/names.ts";
import { Arms, type ArmsShell } from "./canary/arms.ts";
import { ClientSocket, securedSocket } from "./client/client-socket.ts";
import { Clients } from "./client/clients.ts";
import { ClientConnection } from "./client/connection.ts";
import { Door } from "./client/door.ts";
import { acceptHttp2 } from "./client/http2-connection.ts";
import { type ClientLimits, DEFAULT_LIMITS, limitsOf } from "./client/limits.ts";
import type { Client, ClientShell } from "./client/shell.ts";
import type { AccessLog } from "./explain/access-log.ts";
import { type RequestBatch, RequestLog } from "./explain/request-log.ts";
import { type ForwardingRules, forwardingRules, originOf } from "./http/forwarding.ts";
import type { RequestHead } from "./http/request-head.ts";
import { CLEAR_FIELDS } from "./http/serialise.ts";
import { Leases } from "./lease/leases.ts";
import { SharedLimits } from "./lease/shared-limits.ts";
import { SlotLeases } from "./lease/slot-leases.ts";
import { OwnAnswers } from "./own-answers.ts";
import { acceptHandles } from "./sockets/handle.ts";
import { factsToTell } from "./state/facts-to-tell.ts";
import { Fleet } from "./state/fleet.ts";
import type { NodeState } from "./state/node-state.ts";
import type { PoolShell } from "./state/pool-shell.ts";
import type { PoolState } from "./state/pool-state.ts";
import { learningPools } from "./sticky/make-sessions.ts";
import { SessionBus, type SessionMessage } from "./sticky/session-bus.ts";
import { TlsListener, type TlsListenerOptions } from "./tls/listener.ts";
import { peerFields } from "./tls/peer-fields.ts";

export interface ProxyOptions {
  /** Instead of the configuration's: for tests that wait for a limit. */
  limits?: Partial<ClientLimits>;
  /** Proxy processes of this worker. */
  processes?: number;
  /** Where this worker stands. */
  zone?: string;
  random?: () => number;
  onFrame?: (frame: MetricFrame) => void;
  /** How many connections there are, for siblings to know. */
  onConnections?: (counts: ConnectionCounts) => void;
  /** Facts of nodes that changed, for siblings to know, or for control alone: a sibling told them (`adopted`). */
  onPassive?: (facts: PassiveFacts[], adopted: boolean, trips: Parameters<PoolShell["tellSiblings"]>[1]) => void;
  /** Asks for parts of the worker's limits; what is answered goes to `leases`. */
  onLease?: (asks: LeaseAsk[]) => void;
  /** Asks for slots at nodes; what is answered goes to `slots`. */
  onSlots?: (asks: SlotAsk[]) => void;
  /** Tells what requests took at nodes whose limit is found out; what is found goes to `foundLimits`. */
  onTimes?: (nodes: NodeTimes[]) => void;
  /** Where the access log goes: standard output unless given. */
  accessLog?: AccessLog;
  leaseWaitMs?: number;
  /** Tells of requests worth keeping; when they are taken, `requests.taken` is to be called. */
  onRequests?: (batch: RequestBatch) => void;
  /** What siblings should know of learned sessions, and questions about them; what is answered goes to `sessions`. */
  onSessions?: (message: SessionMessage) => void;
  /** How nodes' host names are looked up: as the system does unless given. */
  lookUp?: LookUpOptions;
  /** Opens certificates' private keys and secrets of the configuration, and makes the words of sticky cookies; without it these are hashes without a key. */
  secretKey?: TlsListenerOptions["secretKey"];
  /** A canary cannot be run. */
  onCanaryRefused?: (canaryId: string, cause: Error) => void;
  /** A certificate cannot be used. */
  onCertificateFault?: TlsListenerOptions["onFault"];
  /** What a node's host name resolves to changed, or it began or ceased to fail. */
  onName?: (name: Name) => void;
}

const SECOND_MS = 1_000;

export class ProxyServer implements ClientShell, PoolShell, ArmsShell {
  limits: ClientLimits;
  forwarding: ForwardingRules | null = null;
  readonly idPrefix = randomBytes(6).toString("hex");
  readonly random: () => number;
  readonly processes: number;
  readonly zone: string;
  readonly sessionKey: Buffer;
  readonly names: Names;
  /** Not listening until it is told to. */
  readonly tls: TlsListener;
  readonly leases: Leases;
  readonly slots: SlotLeases;
  readonly foundLimits: SharedLimits;
  readonly sessions: SessionBus;
  readonly door: Door;
  readonly ownAnswers = new OwnAnswers();
  readonly requests: RequestLog;
  isStopping = false;
  revision: number | null = null;
  readonly #fleet = new Fleet(this);
  readonly #arms = new Arms(this.#fleet, this);
  readonly #secrets: SecretBook;
  readonly #clients = new Clients();
  readonly #server = net.createServer();
  readonly #options: ProxyOptions;
  #tick: NodeJS.Timeout | undefined;
  #isListening = false;

  constructor(options: ProxyOptions = {}) {
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.random = options.random ?? Math.random;
    this.processes = options.processes ?? 1;
    this.zone = options.zone ?? "";
    this.#secrets = new SecretBook(options.secretKey);
    this.sessionKey = options.secretKey?.derive("sticky sessions", 32) ?? Buffer.alloc(0);
    this.leases = new Leases((asks) => options.onLease?.(asks), options.leaseWaitMs);
    this.slots = new SlotLeases(this.processes, (asks) => options.onSlots?.(asks), options.leaseWaitMs);
    this.foundLimits = new SharedLimits((nodes) => options.onTimes?.(nodes));
    this.sessions = new SessionBus({
      send: (message) => options.onSessions?.(message),
      waitMs: options.leaseWaitMs,
      pools: () => learningPools(this.#fleet.bothArms()),
    });
    this.requests = new RequestLog((batch) => options.onRequests?.(batch), options.accessLog, this.random);
    this.door = new Door(options.onConnections);
    this.names = new Names({ ...options.lookUp, random: this.random, onNews: (name) => this.#nameChanged(name) });
    const { secretKey, onCertificateFault: onFault } = options;
    this.tls = new TlsListener({
      secretKey,
      onFault,
      welcome: (socket, comeIn) => this.door.welcome(socket, this.limits.headMs, comeIn),
      serve: (socket, spoken) => this.#serveSecured(socket, spoken),
    });
  }

  /** Starts accepting. @returns the port */
  listen(where: net.ListenOptions & { fd?: number }): Promise<number> {
    this.#scheduleTick();
    this.#isListening = true;
    this.#clients.sweepFor(this.limits);
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ backlog: 4_096, ...where }, () => {
        acceptHandles(this.#server, (handle) => this.#accept(new ClientConnection(new ClientSocket(handle), this)));
        const address = this.#server.address();
        resolve(typeof address === "object" && address ? address.port : 0);
      });
    });
  }

  #accept(connection: ClientConnection): void {
    this.#clients.add(connection);
    if (this.door.isAnnounced(connection.address)) connection.awaitAnnouncement();
    else connection.comeIn();
  }

  /** The bytes under TLS are those of a client like any other. */
  #serveSecured(socket: TLSSocket, protocol: string): void {
    const fields = peerFields(socket);
    const client =
      protocol === "h2" ? acceptHttp2(socket, this, fields) : new ClientConnection(securedSocket(socket), this, fields);
    if (this.isStopping) this.#clients.addLate(client);
    else this.#clients.add(client);
  }

  replaced(before: Client, after: Client): void {
    this.#clients.add(after);
    this.#clients.remove(before);
    if (this.isStopping) after.stop(0);
  }

  closed(client: Client): void {
    this.#clients.remove(client);
  }

  get connectionCount(): number {
    return this.#clients.size;
  }

  route(head: RequestHead, peer: string): ReturnType<ClientShell["route"]> {
    const destination = this.#arms.find(head, peer);
    if (destination !== null) return destination;
    return this.#arms.isReady
      ? { code: "no-route", detail: "no route matches and there is no default pool" }
      : { code: "not-configured", detail: "this proxy has no configuration yet" };
  }

  clientAddress(head: RequestHead, peer: string): string {
    const rules = this.forwarding;
    return rules === null ? peer : originOf(head, peer, CLEAR_FIELDS, rules).address;
  }

  // --- configuration and facts ---------------------------------------------------------------------------------------

  /**
   * Takes a valid configuration. Requests in flight go on; nodes and pools that stay keep their state.
   * @throws {UnopenedSecretError} and nothing is changed
   */
  applyConfig(config: PublishedConfig): void {
    const opened = this.#secrets.open(config);
    const { revision, document } = opened;
    this.requests.configure(opened);
    this.#arms.apply(opened);
    // What is awaited already keeps the limit it began with; what begins now has the new one.
    this.limits = { ...limitsOf(document.proxy.clientLimits), ...this.#options.limits };
    if (this.#isListening) this.#clients.sweepFor(this.limits);
    this.forwarding = forwardingRules(document.proxy.forwarding);
    this.tls.configure(document.proxy.tlsListener);
    this.door.configure(document.proxy, this.processes);
    this.revision = revision;
  }

  #nameChanged(name: Name): void {
    this.#fleet.nameChanged(name);
    this.#options.onName?.(name);
  }

  /** Takes the whole state, as control keeps it, and tells what it does not know: it may have been away. */
  applyRuntime(state: RuntimeState): void {
    this.#fleet.replaceRuntime(state.nodes);
    this.#fleet.applyPassive(state.passive);
    const missed = factsToTell(this.#fleet.nodes, state.passive);
    if (missed.length > 0) this.tellSiblings(missed, []);
  }

  /** Takes changed facts of some nodes. */
  applyNodes(nodes: readonly NodeRuntime[]): void {
    this.#fleet.applyRuntime(nodes);
  }

  /** Takes what a sibling observed. @param process which one; none: it is what was saved */
  applyPassive(facts: readonly PassiveFacts[], process?: number): void {
    const adopted = this.#fleet.applyPassive(facts, process);
    if (adopted.length > 0) this.#options.onPassive?.(adopted, true, []);
  }

  readonly tellSiblings: PoolShell["tellSiblings"] = (facts, trips) => this.#options.onPassive?.(facts, false, trips);

  canaryRefused(canaryId: string, cause: Error): void {
    this.#options.onCanaryRefused?.(canaryId, cause);
  }

  nodeState(nodeId: string): NodeState | undefined {
    return this.#fleet.nodes.get(nodeId);
  }
  poolState(poolId: string): PoolState | undefined {
    return this.#fleet.pools.get(poolId);
  }

  // --- time ----------------------------------------------------------------------------------------------------------

  #scheduleTick(): void {
    this.#tick = setTimeout(() => this.#onSecond(), SECOND_MS - (Date.now() % SECOND_MS));
  }

  #onSecond(): void {
    // A timer may fire a millisecond early; the frame is still that of the second that ends now.
    const atMs = Math.round(Date.now() / SECOND_MS) * SECOND_MS;
    this.#scheduleTick();
    this.door.remind();
    this.#fleet.everySecond(performance.now(), atMs);
    this.#options.onFrame?.(this.takeFrame(atMs));
  }

  /** Figures since the last frame, of every pool and node. */
  takeFrame(atMs: number): MetricFrame {
    const frame: MetricFrame = { atMs, ...this.#fleet.takeFigures(), ...this.#arms.takeCounts() };
    Object.assign(frame, this.requests.tracing.takeCounts());
    const own = this.ownAnswers.take();
    if (own.length > 0) frame.own = own;
    return frame;
  }

  // --- stopping ------------------------------------------------------------------------------------------------------

  /**
   * Accepts no more, lets what is in flight finish for at most `graceMs`, then cuts it: a second more at most. Called
   * again, it hurries.
   */
  async stop(graceMs: number): Promise<void> {
    this.isStopping = true;
    this.#server.close();
    await this.#clients.seeOff(graceMs, this.tls.close());
    this.tls.cut();
    clearTimeout(this.#tick);
    this.door.close();
    this.#fleet.close();
    this.names.stop();
    this.leases.stop();
    this.sessions.stop();
    this.slots.stop();
    this.foundLimits.stop();
    await this.requests.stop();
  }
}
