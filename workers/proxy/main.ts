// A proxy process: serves from the files control left, then keeps up with control over the bus. It listens on the socket
// that the supervisor owns, so that its own death or replacement refuses no connection.
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ToProxy } from "#lib/contracts/bus.ts";
import { longDetail } from "#lib/contracts/check-detail.ts";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import { readEnvironment } from "#lib/contracts/env.ts";
import { withChange } from "#lib/core/config/change.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { secretKeyOf } from "#lib/store/secret-key.ts";
import { logName } from "#workers/names/log-name.ts";
import { BusClient } from "./bus-client.ts";
import { AccessLog } from "./explain/access-log.ts";
import { makeLog } from "./log.ts";
import { ProxyServer } from "./proxy.ts";
import { applySavedState } from "./saved-state.ts";

/** How long requests in flight may go on when the product stops; the supervisor kills us after ten seconds. */
const GRACE_MS = 8_500;
/** How long control may take to hand over a configuration, when the disk has none, before clients are told so. */
const CONFIGURED_WITHIN_MS = 2_000;

const env = readEnvironment(process.env);
const index = Number(process.env.GB_PROXY_INDEX ?? 0);
const { GB_LISTEN_FD: listenFd, GB_LISTEN_TLS_FD: listenTlsFd } = process.env;
const dir = dataDir(env.GB_DATA_DIR);
const log = makeLog(env.GB_LOG_LEVEL, index);

process.on("uncaughtException", (cause) => {
  log.fatal({ err: cause }, "an error nobody caught");
  process.exit(1);
});
process.on("unhandledRejection", (cause) => {
  log.fatal({ err: cause }, "a rejection nobody caught");
  process.exit(1);
});

const proxy = new ProxyServer({
  processes: env.GB_PROXY_PROCESSES ?? availableParallelism(),
  zone: env.GB_ZONE,
  onFrame: (frame) => bus.send({ type: "frame", frame }),
  onConnections: (counts) => bus.send({ type: "connections", counts }),
  onPassive: (facts, adopted, trips) =>
    bus.send({ type: "passive", facts, ...(adopted && { adopted }), ...(trips.length > 0 && { trips: [...trips] }) }),
  secretKey: env.GB_SECRET_KEY === undefined ? undefined : secretKeyOf(env.GB_SECRET_KEY),
  onCertificateFault: ({ certificate, cause }) => log.error({ certificate, err: cause }, "a certificate is not usable"),
  onCanaryRefused: (canaryId, cause) => {
    log.error({ canaryId, err: cause }, "cannot run a canary");
    bus.send({ type: "canary-refused", canaryId, reason: longDetail("process-refused", { what: cause.message }) });
  },
  onLease: (asks) => bus.send({ type: "lease", asks }),
  onSlots: (asks) => bus.send({ type: "slots", asks }),
  onTimes: (nodes) => bus.send({ type: "times", nodes }),
  onSessions: (message) => bus.send(message),
  accessLog: new AccessLog(env.GB_ACCESS_LOG, index),
  onRequests: (batch) => bus.send({ type: "requests", ...batch }),
  onName: (name) => logName(log, name),
});
const bus = new BusClient({
  path: dir.bus,
  process: index,
  log,
  receive,
  running: () => (proxy.revision === null ? null : { revision: proxy.revision, sinceMs: runsSinceMs }),
  onOpen: () => {
    proxy.leases.connected();
    proxy.slots.connected();
    proxy.foundLimits.connected();
    proxy.sessions.connected();
    proxy.requests.connected();
  },
  onClosed: () => {
    proxy.leases.disconnected();
    proxy.slots.disconnected();
    proxy.foundLimits.disconnected();
    proxy.sessions.disconnected();
    proxy.requests.disconnected();
  },
});

const configured = Promise.withResolvers<void>();

function receive(message: ToProxy): void {
  switch (message.type) {
    case "config":
      applyConfig(message.config);
      break;
    case "config-change":
      // One that does not fit ends the connection: after the next one control tells the whole.
      applyConfig(withChange(inForce, message.change));
      break;
    case "runtime":
      proxy.applyRuntime(message.state);
      break;
    case "nodes":
      proxy.applyNodes(message.nodes);
      break;
    case "connections":
      proxy.door.hear(message.process, message.counts);
      break;
    case "passive":
      proxy.applyPassive(message.facts, message.process);
      break;
    case "certificates":
      proxy.tls.setCertificates(message.snapshot);
      break;
    case "grant":
      proxy.leases.granted(message.grants);
      break;
    case "slots":
      proxy.slots.hear(message.news);
      break;
    case "limits":
      proxy.foundLimits.hear(message.limits);
      break;
    case "sessions":
      proxy.sessions.hear(message.poolId, message.sessions);
      break;
    case "requests-taken":
      proxy.requests.taken();
      break;
    case "session-answers":
      proxy.sessions.answered(message.answers);
      break;
  }
}

let inForce: PublishedConfig | null = null;
/** When the revision in use was put in force; one from the disk: at the start. */
let runsSinceMs = Date.now();

function applyConfig(config: PublishedConfig): void {
  const startedMs = performance.now();
  try {
    // After a bus that broke, the same is told anew: it runs since it did.
    const isNew = proxy.revision !== config.revision;
    proxy.applyConfig(config);
    inForce = config;
    if (isNew) runsSinceMs = Date.now();
    const tookMs = Math.round((performance.now() - startedMs) * 100) / 100;
    configured.resolve();
    bus.send({ type: "applied", revision: config.revision, tookMs, sinceMs: runsSinceMs });
    log.info({ revision: config.revision, tookMs }, "runs a new revision");
  } catch (cause) {
    log.error({ revision: config.revision, err: cause }, "cannot run a revision");
    bus.send({
      type: "refused",
      revision: config.revision,
      reason: longDetail("process-refused", { what: (cause as Error).message }),
    });
  }
}

let isStopping = false;
/** Asked again, it ends sooner if it must. */
async function stop(graceMs: number): Promise<void> {
  const stopped = proxy.stop(graceMs);
  if (isStopping) return;
  isStopping = true;
  await stopped;
  bus.send({ type: "frame", frame: proxy.takeFrame(Math.ceil(Date.now() / 1_000) * 1_000) });
  bus.stop();
  process.exit(0);
}
process.on("SIGTERM", () => stop(GRACE_MS));
process.on("disconnect", () => stop(GRACE_MS));
// Another process has taken our place.
process.on("SIGUSR2", () => stop(env.GB_RELOAD_DRAIN_MS));
// Under a supervisor Ctrl-C reaches the whole group, but it is the supervisor that stops us, in its order.
process.on("SIGINT", () => {
  if (!process.send) stop(GRACE_MS);
});

await applySavedState(proxy, dir, log);
const whereOf = (fd: string | undefined, port: number) =>
  fd === undefined ? { host: env.GB_PROXY_BIND, port } : { fd: Number(fd) };
bus.start();
// Clients are better off with a sibling that has a configuration than with our 503.
if (proxy.revision === null) await Promise.race([configured.promise, sleep(CONFIGURED_WITHIN_MS)]);
await proxy.listen(whereOf(listenFd, env.GB_PROXY_PORT));
const tlsPort = env.GB_PROXY_TLS_PORT;
if (tlsPort !== undefined) await proxy.tls.listen(whereOf(listenTlsFd, tlsPort));
process.send?.({ type: "ready" });
