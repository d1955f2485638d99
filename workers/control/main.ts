import { EnvironmentError, readEnvironment } from "#lib/contracts/env.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";
import { makeSender } from "#workers/notify/send.ts";
import { httpAddress } from "#workers/supervisor/address.ts";
import { startControl } from "./control.ts";
import { makeLog } from "./log.ts";

/** The environment of this process; exits with every fault listed. */
function environment() {
  try {
    const env = readEnvironment(process.env);
    if (!env.DATABASE_URL) throw new EnvironmentError(["DATABASE_URL: is needed by the control process"]);
    return { ...env, DATABASE_URL: env.DATABASE_URL };
  } catch (cause) {
    console.error((cause as Error).message);
    process.exit(1);
  }
}

const env = environment();
const log = makeLog(env.GB_LOG_LEVEL);
const die = (what: string) => (cause: unknown) => {
  log.fatal({ err: cause }, what);
  process.exit(1);
};
process.on("uncaughtException", die("an error nobody caught"));
process.on("unhandledRejection", die("a rejection nobody caught"));

const control = await startControl({
  databaseUrl: env.DATABASE_URL,
  dir: dataDir(env.GB_DATA_DIR),
  log,
  adminBind: env.GB_ADMIN_BIND,
  adminPort: env.GB_ADMIN_PORT,
  apiToken: env.GB_API_TOKEN,
  proxyProcesses: env.GB_PROXY_PROCESSES,
  zone: env.GB_ZONE,
  notifications: {
    sender: makeSender(env.GB_NOTIFY_ALLOW),
    secretKey: processSecretKey,
    dashboardUrl: env.GB_PUBLIC_URL ?? null,
  },
  demo: env.GB_DEMO === "on" ? { proxyUrl: httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT) } : undefined,
  secretKey: processSecretKey(),
}).catch(die("cannot start"));

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await control.stop();
  process.exit(0);
};
process.on("SIGTERM", stop);
// Under a supervisor Ctrl-C reaches the whole group, but it is the supervisor that stops us, in its order.
process.on("SIGINT", () => process.send ?? stop());
process.on("disconnect", stop);
process.send?.({ type: "ready" });
