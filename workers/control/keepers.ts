// The parts of the control process, each minding one thing, and which reaction each of their findings calls for.
import type { Database } from "#lib/store/control/database.ts";
import type { DatabasePulse } from "#lib/store/database-pulse.ts";
import { type AlertKeeper, startAlertKeeper } from "./alert-keeper.ts";
import { type CanaryKeeper, startCanaryKeeper } from "./canary-keeper.ts";
import { startCertificateSource } from "./certificate-source.ts";
import { startConfigSource } from "./config-source.ts";
import { type ControlOptions, type Core, checksOf, runtimeState } from "./core.ts";
import { startDemoKeeper } from "./demo-keeper.ts";
import { FactsWriter } from "./facts-writer.ts";
import { type HealthKeeper, startHealthKeeper } from "./health-keeper.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { type KeptFile, keepFile } from "./kept-file.ts";
import { type LedgerKeeper, startLedgerKeeper } from "./ledger-keeper.ts";
import { type Measurements, startMeasurements } from "./measurements.ts";
import { NameKeeper } from "./name-keeper.ts";
import { startNotificationKeeper } from "./notification-keeper.ts";
import { type QuotaKeeper, startQuotaKeeper } from "./quota-keeper.ts";
import { onCertificates, onConfig, onFlip, onRefused, onRuntimeChanged, onTrend, onWarmUpStored } from "./reactions.ts";
import type { Repeating } from "./repeat.ts";
import { type RequestKeeper, startRequestKeeper } from "./request-keeper.ts";
import { type ResourceKeeper, startResourceKeeper } from "./resource-keeper.ts";
import { type RetentionKeeper, startRetentionKeeper } from "./retention-keeper.ts";
import { startRuntimeOperations } from "./runtime-operations.ts";
import { startWarmUpKeeper, type WarmUps } from "./warm-ups.ts";
import { WeightEvents } from "./weight-events.ts";

export type Keepers = {
  facts: FactsWriter;
  alerts: AlertKeeper;
  /** Null: this process cannot open the channels' targets. */
  notifications: Repeating | null;
  warmUps: WarmUps;
  names: NameKeeper;
  weightEvents: WeightEvents;
  health: HealthKeeper;
  config: Repeating;
  canary: CanaryKeeper;
  runtime: Repeating;
  certificates: Repeating;
  heartbeat: Repeating;
  quotas: QuotaKeeper;
  measurements: Measurements;
  retention: RetentionKeeper;
  requests: RequestKeeper;
  ledger: LedgerKeeper;
  resources: ResourceKeeper;
  /** Null: no demo is to be run here. */
  demo: Repeating | null;
  configFile: KeptFile;
  runtimeFile: KeptFile;
  checksFile: KeptFile;
  certificatesFile: KeptFile;
  sessionsFile: KeptFile;
};

const CONFIG_DEBOUNCE_MS = 10;
/** What a kill within this time of an event costs: an ejection, say, that nobody knows of any more. */
const RUNTIME_DEBOUNCE_MS = 20;
/** How old the last checks in it may be: well below the age at which a restart takes no health over. */
const RUNTIME_REFRESH_MS = 30_000;
const CHECKS_DEBOUNCE_MS = 1_000;
/** The file may be large, and the proxies know what it lacks. */
const SESSIONS_DEBOUNCE_MS = 1_000;

/** Starts them all; none of them needs the database to be there. */
export function startKeepers(
  core: Core,
  database: Database,
  pulse: DatabasePulse,
  { dir, notifications, demo }: ControlOptions,
): Keepers {
  const { fleet, passive, workerId, log } = core;
  const warmUps = startWarmUpKeeper({
    database,
    log,
    fleet,
    onStored: (nodeId, change, warmUp) => onWarmUpStored(keepers, nodeId, change, warmUp),
  });
  const keepers: Keepers = {
    warmUps,
    weightEvents: new WeightEvents(),
    facts: new FactsWriter({
      database,
      workerId,
      log,
      healthOf: (nodeId) => fleet.nodes.get(nodeId),
      passiveOf: (nodeId) => (fleet.nodes.has(nodeId) ? passive.get(nodeId) : undefined),
      resolutionOf: (nodeId) => keepers.names.resolutionOf(nodeId),
    }),
    names: new NameKeeper({
      fleet,
      names: core.names,
      onNews: (nodeIds) => keepers.facts.names(nodeIds),
      onEvent: (event) => keepers.facts.event(event),
    }),
    alerts: startAlertKeeper({
      ...{ database, pulse, workerId, log, fleet, certificates: () => core.certificates },
      ...{ telling: notifications ?? null, outageFile: dir.outage },
    }),
    notifications: notifications ? startNotificationKeeper(log, { database, ...notifications }) : null,
    health: startHealthKeeper({
      fleet,
      names: core.names,
      secrets: core.secrets,
      onFlip: (flip) => onFlip(core, keepers, flip),
      onTrend: (entry) => onTrend(keepers, entry),
      onConfirmed: (entry) => keepers.facts.checked(entry.nodeId),
    }),
    config: startConfigSource({
      database,
      log,
      secrets: core.secrets,
      current: () => fleet.config,
      onConfig: (config) => onConfig(core, keepers, config),
      onConfirmed: () => {
        core.published = true;
      },
      onRefused: (refusal) => onRefused(core, keepers, refusal),
      onCanaryRefused: (canaryId, reason) => keepers.canary.refused(canaryId, reason),
    }),
    canary: startCanaryKeeper({ database, workerId, log, fleet, onNews: () => void keepers.config.kick() }),
    runtime: startRuntimeOperations({
      database,
      log,
      fleet,
      warmUps,
      onChanged: (changed, flips) => onRuntimeChanged(core, keepers, changed, flips),
    }),
    certificates: startCertificateSource(
      database,
      log,
      () => core.certificates,
      (snapshot) => onCertificates(core, keepers, snapshot),
    ),
    heartbeat: startHeartbeat(database, core),
    quotas: startQuotaKeeper({ database, workerId, log, quotas: core.quotas, file: dir.quotas }),
    measurements: startMeasurements(database, workerId, log),
    retention: startRetentionKeeper(database, workerId, log),
    requests: startRequestKeeper(database, workerId, log),
    ledger: startLedgerKeeper({ database, workerId, log, fleet, passive }),
    resources: startResourceKeeper({ database, ...core }),
    demo: demo ? startDemoKeeper({ database, workerId, log, fleet, ...demo }) : null,
    configFile: keepFile(dir.config, log, CONFIG_DEBOUNCE_MS, () => fleet.config),
    runtimeFile: keepFile(dir.runtime, log, RUNTIME_DEBOUNCE_MS, () => runtimeState(core), RUNTIME_REFRESH_MS),
    checksFile: keepFile(dir.checks, log, CHECKS_DEBOUNCE_MS, () => checksOf(core)),
    certificatesFile: keepFile(dir.certificates, log, CONFIG_DEBOUNCE_MS, () => core.certificates),
    sessionsFile: keepFile(dir.sessions, log, SESSIONS_DEBOUNCE_MS, () => core.sessions.file()),
  };
  return keepers;
}

/** Writes what is left to write. The caller bounds how long it waits. */
export async function stopKeepers(keepers: Keepers): Promise<void> {
  keepers.health.stop();
  await Promise.all([
    keepers.configFile.stop(),
    keepers.runtimeFile.stop(),
    keepers.checksFile.stop(),
    keepers.certificatesFile.stop(),
    keepers.sessionsFile.stop(),
    keepers.certificates.stop(),
    keepers.config.stop(),
    keepers.canary.stop(),
    keepers.runtime.stop(),
    keepers.alerts.stop(),
    keepers.notifications?.stop(),
    keepers.heartbeat.stop(),
    keepers.quotas.stop(),
    keepers.facts.stop(),
    keepers.warmUps.stop(),
    keepers.measurements.stop(),
    keepers.retention.stop(),
    keepers.requests.stop(),
    keepers.ledger.stop(),
    keepers.resources.stop(),
    keepers.demo?.stop(),
  ]);
}
