import type { RuntimeState } from "#lib/contracts/bus.ts";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { NodeChecks } from "#lib/contracts/runtime.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import type { SecretKey } from "#lib/store/sealing.ts";
import { SecretBook } from "#lib/store/secret-book.ts";
import type { LookUpOptions } from "#workers/names/look-up.ts";
import { Names } from "#workers/names/names.ts";
import type { NotifierOptions } from "#workers/notify/notifier.ts";
import type { ProxyLink } from "./bus-server.ts";
import type { StandingRefusal } from "./config-source.ts";
import { Fleet, runtimeOf } from "./fleet.ts";
import { FrameMerger } from "./frame-merger.ts";
import { LeaseDesk } from "./lease-desk.ts";
import { LimitDesk } from "./limit-desk.ts";
import type { Log } from "./log.ts";
import { PassiveBook } from "./passive.ts";
import { Proxies } from "./proxies.ts";
import { QuotaBook } from "./quota-book.ts";
import { SessionDesk } from "./session-desk.ts";
import { SlotDesk } from "./slot-desk.ts";
import { Totals } from "./totals.ts";
import { Trips } from "./trips.ts";
import { Weights } from "./weights.ts";

export type ControlOptions = {
  databaseUrl: string;
  dir: DataDir;
  log: Log;
  adminBind: string;
  /** 0: any free one. */
  adminPort: number;
  apiToken?: string | undefined;
  /** Proxy processes that the supervisor runs; what is not known is not waited for. */
  proxyProcesses?: number | undefined;
  /** Where this worker stands. */
  zone?: string | undefined;
  /** Tells notification channels of alerts; left out: does not. */
  notifications?: Omit<NotifierOptions, "database"> | undefined;
  /** Runs the demo fleet when there is one; left out: does not. */
  demo?: { proxyUrl: string } | undefined;
  /** How nodes' host names are looked up: as the system does unless given. */
  lookUp?: LookUpOptions;
  /** Opens what checks send; without it no configuration with secrets can be used. */
  secretKey?: SecretKey | undefined;
};

/** All that the control process knows, in memory. */
export type Core = {
  readonly workerId: string;
  readonly startedMs: number;
  /** Empty: it does not say. */
  readonly zone: string;
  readonly log: Log;
  readonly fleet: Fleet;
  readonly passive: PassiveBook;
  readonly proxies: Proxies;
  readonly merger: FrameMerger;
  readonly totals: Totals;
  /** Of the latest seconds, the oldest first. */
  readonly recentFrames: MetricFrame[];
  readonly trips: Trips;
  readonly weights: Weights;
  readonly leases: LeaseDesk;
  readonly quotas: QuotaBook;
  readonly slots: SlotDesk<ProxyLink>;
  readonly limits: LimitDesk<ProxyLink>;
  readonly sessions: SessionDesk;
  /** Of the configuration in force. */
  readonly secrets: SecretBook;
  /** Host names of the nodes, looked up as every proxy process does for itself. */
  readonly names: Names;
  /** Of the TLS listener, private keys sealed; null until they were read, from the disk or the database. */
  certificates: CertificateSnapshot | null;
  /** The latest revision that cannot be used, until a later one can. */
  refusal: StandingRefusal | null;
  /** The database's configuration is in force: from then on a new node is one that joins. */
  published: boolean;
};

/** After a start, how long proxies that have not come back are waited for: longer than their longest retry. */
const HOLD_MS = 3_000;

export function makeCore(
  workerId: string,
  { log, proxyProcesses = 0, zone = "", lookUp, secretKey }: ControlOptions,
): Core {
  const startedMs = Date.now();
  const proxies = new Proxies();
  const fleet = new Fleet();
  const quotas = new QuotaBook();
  return {
    workerId,
    startedMs,
    zone,
    log,
    fleet,
    passive: new PassiveBook(),
    proxies,
    merger: new FrameMerger((nowMs) => proxies.count < proxyProcesses && nowMs - startedMs < HOLD_MS),
    totals: new Totals(),
    recentFrames: [],
    trips: new Trips(),
    weights: new Weights(fleet),
    leases: new LeaseDesk(quotas),
    quotas,
    slots: new SlotDesk({
      tell: (link, news) => link.send({ type: "slots", news }),
      isWaiting: (heard) => heard < proxyProcesses && Date.now() - startedMs < HOLD_MS,
    }),
    limits: new LimitDesk(),
    sessions: new SessionDesk(),
    secrets: new SecretBook(secretKey),
    names: new Names(lookUp),
    certificates: null,
    refusal: null,
    published: false,
  };
}

/** Each node's checks by level: for the next start of this process alone. */
export const checksOf = ({ fleet }: Core): Record<string, NodeChecks> =>
  Object.fromEntries([...fleet.nodes.values()].map(({ nodeId, checks }) => [nodeId, checks]));

/** What the proxies start from. */
export const runtimeState = ({ fleet, passive }: Core): RuntimeState => ({
  nodes: [...fleet.nodes.values()].map(runtimeOf),
  passive: passive.all(),
  servingSinceMs: fleet.servingSince,
});
