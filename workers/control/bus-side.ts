// What happens on the bus: a proxy comes and gets everything, tells what it applied, observed and measured, and goes.

import type { FoundLimit, RuntimeState, SessionAsk, SessionTuple, ToControl, Trip } from "#lib/contracts/bus.ts";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { longDetail } from "#lib/contracts/check-detail.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { BusHandlers, ProxyLink } from "./bus-server.ts";
import type { Refusal } from "./config-source.ts";
import type { Fleet } from "./fleet.ts";
import type { FrameMerger } from "./frame-merger.ts";
import type { LeaseDesk } from "./lease-desk.ts";
import type { LimitDesk } from "./limit-desk.ts";
import type { Log } from "./log.ts";
import type { PassiveBook, PassiveChange } from "./passive.ts";
import type { Proxies } from "./proxies.ts";
import type { RequestKeeper } from "./request-keeper.ts";
import type { SessionDesk } from "./session-desk.ts";
import type { SlotDesk } from "./slot-desk.ts";

export type BusSideOptions = {
  fleet: Fleet;
  passive: PassiveBook;
  proxies: Proxies;
  merger: FrameMerger;
  leases: LeaseDesk;
  slots: SlotDesk<ProxyLink>;
  limits: LimitDesk<ProxyLink>;
  sessions: SessionDesk;
  log: Log;
  runtimeState: () => RuntimeState;
  certificates: () => CertificateSnapshot | null;
  /** Processes came or went, or the revision that they all run is another one. */
  onProxiesChanged: () => void;
  onRefused: (refusal: Refusal) => void;
  onCanaryRefused: (canaryId: string, reason: string) => void;
  onPassive: (changes: PassiveChange[], trips: readonly Trip[]) => void;
  onFrames: (frames: MetricFrame[]) => void;
  requests: RequestKeeper;
  /** Sessions were learned or moved. */
  onSessions: () => void;
};

export function busHandlers(options: BusSideOptions): BusHandlers {
  const { fleet, proxies, merger, log } = options;
  const onMessage = (link: ProxyLink, message: Exclude<ToControl, { type: "hello" }>) => {
    switch (message.type) {
      case "applied":
        proxies.applied(link, message.revision, message.sinceMs ?? Date.now());
        return options.onProxiesChanged();
      case "refused":
        proxies.refused(link);
        log.error({ proxy: link.process, revision: message.revision, reason: message.reason }, "a proxy refuses it");
        return options.onRefused({ revision: message.revision, reason: refusedBy(link, message.reason) });
      case "canary-refused":
        return options.onCanaryRefused(message.canaryId, refusedBy(link, message.reason));
      case "frame":
        return options.onFrames(merger.add(link, message.frame, proxies.links, Date.now()));
      case "passive":
        return takePassive(link, message, options);
      case "lease":
        return link.send({ type: "grant", grants: options.leases.grant(link, message.asks, performance.now()) });
      case "slots":
        return options.slots.hear(link, message.asks);
      case "times":
        return tellLimits(proxies, options.limits.hear(link, message.nodes, Date.now()));
      case "sessions":
        return spread(
          link,
          message.poolId,
          options.sessions.told(message.poolId, message.sessions, Date.now()),
          options,
        );
      case "session-asks":
        return answerAsks(link, message.asks, options);
      case "requests":
        return options.requests.take(link, message.records, message.dropped);
      case "connections":
        return proxies.broadcast({ type: "connections", process: link.process, counts: message.counts }, link);
    }
  };
  return {
    onHello: (link) => {
      log.info({ proxy: link.process, pid: link.pid }, "a proxy is connected");
      proxies.add(link);
      if (fleet.config) proxies.configure(fleet.config, link);
      link.send({ type: "runtime", state: options.runtimeState() });
      const known = options.limits.all();
      if (known.length > 0) link.send({ type: "limits", limits: known });
      const snapshot = options.certificates();
      if (snapshot) link.send({ type: "certificates", snapshot });
      options.onProxiesChanged();
    },
    onMessage,
    onGone: (link) => {
      log.info({ proxy: link.process, pid: link.pid }, "a proxy is gone");
      proxies.remove(link);
      options.leases.gone(link, performance.now());
      options.slots.gone(link);
      options.limits.gone(link);
      options.requests.gone(link);
      options.onProxiesChanged();
    },
  };
}

function tellLimits(proxies: Proxies, limits: FoundLimit[]): void {
  if (limits.length > 0) proxies.broadcast({ type: "limits", limits });
}

type PassiveNews = Extract<ToControl, { type: "passive" }>;

function takePassive(link: ProxyLink, told: PassiveNews, { fleet, passive, proxies, onPassive }: BusSideOptions) {
  const facts = told.facts.filter((fact) => fleet.nodes.has(fact.nodeId));
  if (facts.length === 0) return;
  if (told.adopted !== true) proxies.broadcast({ type: "passive", process: link.process, facts }, link);
  onPassive(passive.record(link.process, facts), told.trips ?? []);
}

/** What one process learned, for the others. */
function spread(link: ProxyLink, poolId: string, sessions: SessionTuple[], { proxies, onSessions }: BusSideOptions) {
  if (sessions.length === 0) return;
  proxies.broadcast({ type: "sessions", poolId, sessions }, link);
  onSessions();
}

/**
 * Answers at once what is known. What is not may be on its way: another process told of it before its client could bring it
 * here, but its connection may not have been read yet. So everything that has come is read first, by one whole turn of the
 * event loop, before a session is taken for a new one.
 */
function answerAsks(link: ProxyLink, asks: readonly SessionAsk[], options: BusSideOptions): void {
  const nowMs = Date.now();
  const unknown: SessionAsk[] = [];
  const answers = asks.flatMap((ask) => {
    const session = options.sessions.find(ask, nowMs);
    if (session !== null) return [{ poolId: ask.poolId, session }];
    unknown.push(ask);
    return [];
  });
  if (answers.length > 0) link.send({ type: "session-answers", answers });
  if (unknown.length > 0) setImmediate(() => setImmediate(() => bindNew(link, unknown, options)));
}

function bindNew(link: ProxyLink, asks: readonly SessionAsk[], options: BusSideOptions): void {
  const nowMs = Date.now();
  const answers = asks.map((ask) => {
    const { session, isNew } = options.sessions.bind(ask, nowMs);
    if (isNew) spread(link, ask.poolId, [session], options);
    return { poolId: ask.poolId, session };
  });
  link.send({ type: "session-answers", answers });
}

const refusedBy = ({ process }: ProxyLink, why: string): string => longDetail("proxy-refused", { process, why });
