// What follows from what. Memory and proxies first, database after: an outage delays the record, never the effect.
import type { Trip } from "#lib/contracts/bus.ts";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { Adjustment, WarmUpState } from "#lib/contracts/runtime.ts";
import { everythingOf } from "#lib/core/canary/documents.ts";
import type { Refusal } from "./config-source.ts";
import { type Core, runtimeState } from "./core.ts";
import { type FleetChange, type FleetFlip, type FleetNode, runtimeOf } from "./fleet.ts";
import type { Keepers } from "./keepers.ts";
import type { PassiveChange } from "./passive.ts";
import { passiveEvents } from "./passive-events.ts";
import { isAdjustmentNews, isFactorChanged, type WeightChange } from "./weights.ts";

/** Tells the proxies the facts of nodes that changed, and keeps them for the next start. */
function announce({ proxies }: Core, { runtimeFile }: Keepers, changed: readonly FleetNode[]): void {
  if (changed.length === 0) return;
  proxies.broadcast({ type: "nodes", nodes: changed.map(runtimeOf) });
  runtimeFile.touch();
}

/** A configuration that can be used is in force at once. */
export function onConfig(core: Core, keepers: Keepers, config: PublishedConfig): void {
  const { fleet, proxies, log } = core;
  const nowMs = Date.now();
  const known = nodeIdsOf(fleet.config);
  const change = fleet.load(config, nowMs);
  const everything = everythingOf(config.document, config.canary?.document);
  core.sessions.configure(everything, nowMs);
  core.limits.configure(everything);
  if (core.published) keepers.warmUps.begin("joining", change.added, nowMs);
  core.published = true;
  if (core.refusal && config.revision >= core.refusal.revision) core.refusal = null;
  proxies.configure(config);
  tellRuntime(core, change);
  keepers.configFile.touch();
  keepers.runtimeFile.touch();
  keepers.names.retarget();
  keepers.health.retarget();
  keepers.resources.retarget();
  void keepers.demo?.kick();
  log.info(
    {
      revision: config.revision,
      canary: config.canary?.revision,
      pools: config.document.pools.length,
      nodes: fleet.nodes.size,
    },
    "configured",
  );

  record(keepers, change.flips);
  // Of a node that only a canary had nothing could be stored: it was in no table.
  for (const id of nodeIdsOf(config)) if (!known.has(id)) keepers.facts.health(id);
  core.totals.keepOnly(
    new Set(everything.pools.map((pool) => pool.id)),
    new Set(fleet.nodes.keys()),
    new Set(everything.routes.map((route) => route.id)),
  );
  core.weights.keepOnly(new Set(everything.pools.map((pool) => pool.id)), new Set(fleet.nodes.keys()));
  keepers.weightEvents.forget(change.removed);
  keepers.ledger.forget(new Set(config.document.pools.map((pool) => pool.id)));
  sweepPassive(core, keepers, nowMs);
  // Orders about new nodes may have been read, and found nobody, before the nodes were known.
  void keepers.runtime.kick();
  void keepers.alerts.kick();
  void keepers.heartbeat.kick();
  if (config.canary !== undefined) void keepers.canary.kick();
}

/** Of the configuration that is in force, whatever a canary has besides. */
const nodeIdsOf = (config: PublishedConfig | null): ReadonlySet<string> =>
  new Set(config?.document.pools.flatMap((pool) => pool.nodes.map(({ id }) => id)));

/** Facts of the nodes that the configuration brought or reset; all of them when some are gone, for those to be forgotten. */
function tellRuntime(core: Core, { added, removed, flips }: FleetChange): void {
  const changed = new Set([...added, ...flips.map(({ entry }) => entry)]);
  if (removed.length > 0) core.proxies.broadcast({ type: "runtime", state: runtimeState(core) });
  else if (changed.size > 0) core.proxies.broadcast({ type: "nodes", nodes: [...changed].map(runtimeOf) });
}

/** Certificates are in use at once; connections that are open go on. */
export function onCertificates(core: Core, { certificatesFile }: Keepers, snapshot: CertificateSnapshot): void {
  core.certificates = snapshot;
  core.proxies.broadcast({ type: "certificates", snapshot });
  certificatesFile.touch();
  core.log.info({ certificates: snapshot.certificates.length }, "has new certificates");
}

/** Proxies came or went, or applied a revision: the API waits to hear of it. */
export function onProxiesChanged(core: Core, keepers: Keepers): void {
  if (core.refusal && (core.proxies.revision ?? -1) >= core.refusal.revision) core.refusal = null;
  void keepers.heartbeat.kick();
}

export function onRefused(core: Core, keepers: Keepers, refusal: Refusal): void {
  core.log.error(refusal, "a revision cannot be used; the one before stays in force");
  const sinceMs = core.refusal?.revision === refusal.revision ? core.refusal.sinceMs : Date.now();
  core.refusal = { ...refusal, sinceMs };
  void keepers.heartbeat.kick();
}

/** Probes changed their mind about a node. One that recovers in a warm pool is ramped from its first request on. */
export function onFlip(core: Core, keepers: Keepers, flipped: FleetFlip): void {
  const { entry, flip } = flipped;
  if (flip?.from === "unhealthy" && flip.to === "healthy") keepers.warmUps.begin("recovery", [entry], flip.atMs);
  announce(core, keepers, [entry]);
  keepers.checksFile.touch();
  record(keepers, [flipped]);
  void keepers.alerts.kick();
}

/** A node fails, or passes again, and its state has not followed yet. */
export function onTrend({ facts, checksFile }: Keepers, entry: FleetNode): void {
  facts.health(entry.nodeId);
  checksFile.touch();
}

/** Operators ordered something. */
export function onRuntimeChanged(core: Core, keepers: Keepers, changed: FleetNode[], flips: FleetFlip[]): void {
  announce(core, keepers, changed);
  keepers.health.retarget();
  record(keepers, flips);
  void keepers.alerts.kick();
}

function record({ facts }: Keepers, flips: readonly FleetFlip[]): void {
  for (const { entry, flip } of flips) {
    facts.health(entry.nodeId);
    if (!flip) continue;
    const { from, to, reason, atMs } = flip;
    facts.event({ nodeId: entry.nodeId, fact: "health", from, to, reason, atMs });
  }
}

export function onWarmUpStored(
  { facts }: Keepers,
  nodeId: string,
  change: "started" | "ended",
  warmUp: WarmUpState,
): void {
  const [from, to] = change === "started" ? ["none", "warming-up"] : ["warming-up", "none"];
  facts.event({ nodeId, fact: "warm-up", from, to, reason: warmUp.cause, atMs: Date.now() });
}

/** Real traffic taught the proxies something; they have told each other already. */
export function onPassive(
  core: Core,
  { facts, runtimeFile, alerts }: Keepers,
  changes: readonly PassiveChange[],
  trips: readonly Trip[] = [],
): void {
  if (changes.length === 0) return;
  for (const change of changes) {
    core.trips.note(change, trips);
    facts.passive(change.now.nodeId);
    for (const event of passiveEvents(change, Date.now())) facts.event(event);
  }
  runtimeFile.touch();
  const isNews = ({ before, now }: PassiveChange) =>
    before.ejection.state !== now.ejection.state || before.breaker.state !== now.breaker.state;
  if (changes.some(isNews)) void alerts.kick();
}

export function sweepPassive(core: Core, keepers: Keepers, nowMs: number): void {
  const isConnected = (process: number) => core.proxies.has(process);
  const exists = (nodeId: string) => core.fleet.nodes.has(nodeId);
  onPassive(core, keepers, core.passive.sweep(isConnected, exists, nowMs));
}

/** More than pass between two looks of who asks every second. */
const RECENT_FRAMES = 5;

/** Whole seconds of the whole worker. */
export function onFrames(core: Core, keepers: Keepers, frames: readonly MetricFrame[]): void {
  const { fleet, totals, weights } = core;
  for (const told of frames) {
    const frame = core.trips.addTo(told);
    for (const node of frame.nodes) {
      const limit = core.limits.limitOf(node.nodeId);
      if (limit !== undefined) node.concurrencyLimit = limit;
      const sessions = core.sessions.countOf(node.poolId, node.nodeId);
      if (sessions !== undefined) node.sessions = sessions;
    }
    totals.add(frame);
    if (core.recentFrames.push(frame) > RECENT_FRAMES) core.recentFrames.shift();
    for (const pool of frame.pools) {
      if (pool.requests === 0 || fleet.servingSince[pool.poolId] !== undefined) continue;
      fleet.servingSince[pool.poolId] = frame.atMs;
      keepers.runtimeFile.touch();
    }
    keepers.measurements.store(frame);
    keepers.ledger.measured(frame);
    keepers.canary.measured(frame);
    onWeights(core, keepers, weights.take(frame), frame.atMs);
  }
}

/** How nodes do moved their weights, or gave other reasons for them. */
function onWeights(core: Core, keepers: Keepers, changes: readonly WeightChange[], nowMs: number): void {
  announce(
    core,
    keepers,
    changes.filter(isFactorChanged).map(({ entry }) => entry),
  );
  for (const change of changes) {
    if (isAdjustmentNews(change)) keepers.facts.adjusted(change.entry.nodeId);
    else keepers.facts.remeasured(change.entry.nodeId);
    for (const event of keepers.weightEvents.of(change, nowMs)) keepers.facts.event(event);
  }
  const isDegraded = ({ degrade }: Adjustment) => degrade !== null;
  if (changes.some(({ before, now }) => isDegraded(before) !== isDegraded(now))) {
    void keepers.alerts.kick();
  }
}

/** Once a second. */
export function onTick(core: Core, keepers: Keepers, nowMs: number): void {
  onFrames(core, keepers, core.merger.close(nowMs));
  announce(core, keepers, keepers.warmUps.finish(nowMs));
  sweepPassive(core, keepers, nowMs);
  core.leases.sweep(performance.now());
  core.slots.openWhenDue();
  if (core.sessions.isUseDue(nowMs)) keepers.sessionsFile.touch();
}
