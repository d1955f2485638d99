// Life of the control process: from the files on disk to serving the proxies, then with the database whenever it is there.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CHANNELS, RuntimeState, SessionsFile } from "#lib/contracts/bus.ts";
import { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { PublishedConfig } from "#lib/contracts/config.ts";
import { NodeChecks } from "#lib/contracts/runtime.ts";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { DatabasePulse } from "#lib/store/database-pulse.ts";
import { type ListenHandle, listen } from "#lib/store/listen.ts";
import { startAdminServer } from "./admin-server.ts";
import { startBus } from "./bus-server.ts";
import { busHandlers } from "./bus-side.ts";
import { checkDocument } from "./check-document.ts";
import { unopened } from "./config-source.ts";
import { type ControlOptions, type Core, makeCore, runtimeState } from "./core.ts";
import { readJson, workerIdentity } from "./disk.ts";
import { exposition } from "./exposition.ts";
import { SECOND_MS, WAIT_MS } from "./frame-merger.ts";
import { type Keepers, startKeepers, stopKeepers } from "./keepers.ts";
import { liveState } from "./live-state.ts";
import { changeLog } from "./log.ts";
import { metricsSnapshot } from "./metrics-snapshot.ts";
import { probeByOrder } from "./probe-orders.ts";
import { KeptQuotas } from "./quota-book.ts";
import { onFrames, onPassive, onProxiesChanged, onRefused, onTick } from "./reactions.ts";
import type { Repeating } from "./repeat.ts";

export type { ControlOptions } from "./core.ts";
export type Control = { workerId: string; adminPort: number; stop: () => Promise<void> };

/** How long the steps of a stop wait for a database that does not answer; the supervisor gives us three seconds. */
const STOP_STEP_MS = 400;
const STOP_WRITING_MS = 1_500;
const within = (ms: number, step: Promise<unknown>) => Promise.race([step, sleep(ms)]);

/** Starts without waiting for the database. Rejects when the data directory, the bus or the admin port cannot be had. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { dir, log } = options;
  const core = makeCore(await workerIdentity(dir.workerId), options);
  await restore(core, dir);
  const database = openDatabase(options.databaseUrl);
  const pulse = new DatabasePulse();
  const keepers = startKeepers(core, database, pulse, options);
  pulse.start(options.databaseUrl);
  const listener = listenToDatabase(core, keepers, database, options.databaseUrl);
  try {
    const bus = await startBus(dir.bus, log, busHandlersOf(core, keepers));
    const admin = await startAdminServer({
      bind: options.adminBind,
      port: options.adminPort,
      token: options.apiToken,
      notReady: () => notReady(core),
      metrics: () => exposition(metricsSnapshot(core, listener.connected && pulse.state.state === "up", keepers)),
      live: () => liveState(core, keepers, Date.now()),
    });
    keepers.names.retarget();
    keepers.health.retarget();
    keepers.resources.retarget();
    const stopTicking = startTicking(core, keepers);
    let stopping: Promise<void> | undefined;
    const stopAll = async () => {
      stopTicking();
      // First, so that the row does not say that the proxies are gone: they go on without us.
      await within(STOP_STEP_MS, keepers.heartbeat.stop());
      await within(STOP_STEP_MS, Promise.all([listener.close(), admin.close(), bus.close()]));
      onFrames(core, keepers, core.merger.flush());
      await within(
        STOP_WRITING_MS,
        stopKeepers(keepers).then(() => database.end()),
      );
      pulse.stop();
    };
    return { workerId: core.workerId, adminPort: admin.port, stop: () => (stopping ??= stopAll()) };
  } catch (cause) {
    pulse.stop();
    await Promise.all([listener.close(), stopKeepers(keepers)]);
    await database.end();
    throw cause;
  }
}

/** What an earlier control process left on disk. A file that cannot be used is passed over, and said so. */
async function restore(core: Core, dir: DataDir): Promise<void> {
  const [config, runtime, checks, certificates, quotas, sessions] = await Promise.all([
    readJson(dir.config, PublishedConfig),
    readJson(dir.runtime, RuntimeState),
    readJson(dir.checks, z.record(z.string(), NodeChecks)),
    readJson(dir.certificates, CertificateSnapshot),
    readJson(dir.quotas, KeptQuotas),
    readJson(dir.sessions, SessionsFile),
  ]);
  for (const [name, file] of [
    ["config.json", config],
    ["runtime.json", runtime],
    ["checks.json", checks],
    ["certificates.json", certificates],
    ["quotas.json", quotas],
    ["sessions.json", sessions],
  ] as const) {
    if (file.kind === "unusable") core.log.error({ err: file.cause }, `${name} cannot be used and is passed over`);
  }
  const nowMs = Date.now();
  if (sessions.kind === "read") core.sessions.restore(sessions.value);
  const reason = config.kind === "read" ? unopened(core.secrets, config.value) : null;
  if (reason !== null) core.log.error({ reason }, "the secrets of config.json cannot be opened; it is passed over");
  if (config.kind === "read" && reason === null && typeof checkDocument(config.value.document) !== "string") {
    core.fleet.load(config.value, nowMs);
    core.sessions.configure(config.value.document, nowMs);
    core.limits.configure(config.value.document);
  }
  if (quotas.kind === "read") core.quotas.restore(quotas.value, nowMs);
  if (certificates.kind === "read") core.certificates = certificates.value;
  if (runtime.kind === "read") {
    core.fleet.restore(runtime.value, checks.kind === "read" ? checks.value : {}, nowMs);
    core.passive.restore(runtime.value.passive.filter((fact) => core.fleet.nodes.has(fact.nodeId)));
  }
}

function listenToDatabase(core: Core, keepers: Keepers, database: Database, url: string): ListenHandle {
  const faults = changeLog(core.log, "listening to the database");
  const keepersOf: Record<string, Repeating[]> = {
    [CHANNELS.revision]: [keepers.config],
    [CHANNELS.canary]: [keepers.config],
    [CHANNELS.runtime]: [keepers.runtime],
    // Another key seals the secrets of the configuration anew, too.
    [CHANNELS.certificates]: [keepers.certificates, keepers.config],
    [CHANNELS.facts]: [keepers.alerts],
    [CHANNELS.worker]: [keepers.alerts],
    [CHANNELS.silences]: [keepers.alerts],
    ...(keepers.notifications && {
      [CHANNELS.alert]: [keepers.notifications],
      [CHANNELS.notifications]: [keepers.notifications],
    }),
    [CHANNELS.retention]: [keepers.retention],
    ...(keepers.demo && { [CHANNELS.demo]: [keepers.demo] }),
  };
  return listen({
    url,
    channels: [CHANNELS.probe, ...Object.keys(keepersOf)],
    onConnected: () => {
      faults.worked();
      const { heartbeat, config, runtime, certificates, alerts } = keepers;
      for (const { kick } of [heartbeat, config, runtime, certificates, alerts]) void kick();
      void keepers.notifications?.kick();
    },
    onDisconnected: faults.failed,
    onNotification: (channel, payload) => {
      if (channel === CHANNELS.probe) void probeByOrder({ ...core, database, health: keepers.health }, payload);
      else for (const keeper of keepersOf[channel] ?? []) void keeper.kick();
    },
  });
}

function busHandlersOf(core: Core, keepers: Keepers) {
  return busHandlers({
    ...core,
    requests: keepers.requests,
    runtimeState: () => runtimeState(core),
    certificates: () => core.certificates,
    onProxiesChanged: () => onProxiesChanged(core, keepers),
    onRefused: (refusal) => onRefused(core, keepers, refusal),
    onCanaryRefused: (canaryId, reason) => keepers.canary.refused(canaryId, reason),
    onPassive: (changes, trips) => onPassive(core, keepers, changes, trips),
    onSessions: () => keepers.sessionsFile.touch(),
    onFrames: (frames) => onFrames(core, keepers, frames),
  });
}

function notReady({ fleet, proxies }: Core): string[] {
  const faults: string[] = [];
  if (!fleet.config) faults.push("no configuration is loaded");
  if (proxies.count === 0) faults.push("no proxy process is connected");
  return faults;
}

/** Ticks once a second, when every proxy had its time to tell the second before. */
function startTicking(core: Core, keepers: Keepers): () => void {
  let timer: NodeJS.Timeout;
  const schedule = () => {
    const sinceDueMs = (Date.now() - WAIT_MS) % SECOND_MS;
    timer = setTimeout(tick, SECOND_MS - sinceDueMs + 1);
  };
  const tick = () => {
    onTick(core, keepers, Date.now());
    schedule();
  };
  schedule();
  return () => clearTimeout(timer);
}
