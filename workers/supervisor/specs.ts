// What the supervisor runs, and how each is known to be ready.
import http from "node:http";
import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "#lib/contracts/env.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { keptSecretKey } from "#lib/store/secret-key.ts";
import { httpAddress, reachable, webAddress } from "./address.ts";
import type { ProcessSpec } from "./managed-process.ts";
import { sessionSecret } from "./secret.ts";
import { dismissProxy, STOP_CHILD, STOP_PROXY } from "./stop-steps.ts";

export type Settings = { root: string; env: Environment; dir: DataDir; dev: boolean };

/** Descriptors under which a proxy finds the listening sockets: 0–2 are the standard ones, 3 is the IPC channel. */
const LISTEN_FD = 4;
const LISTEN_TLS_FD = 5;
/** Descriptors of the listening sockets in this process; `tls` is null when there is none. */
export type ListenFds = { clear: number; tls: number | null };
/** Only who needs them is told them: no process inherits them by chance. */
const WITHHELD = [
  "GB_ADMIN_PASSWORD",
  "GB_API_TOKEN",
  "GB_SECRET_KEY",
  "GB_OIDC_CLIENT_SECRET",
  "DATABASE_URL",
  "GB_MIGRATION_DATABASE_URL",
];

function childEnv({ dir, env, dev }: Settings, extra: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !WITHHELD.includes(name));
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: dev ? "development" : "production",
    GB_DATA_DIR: dir.root,
    GB_LOG_LEVEL: env.GB_LOG_LEVEL,
    NEXT_TELEMETRY_DISABLED: "1",
    ...extra,
  };
}

/** For those that seal and open secrets. */
export const secretKeyText = ({ env, dir }: Settings): string => env.GB_SECRET_KEY ?? keptSecretKey(dir.secretKey);

export const proxyCount = (env: Environment): number => env.GB_PROXY_PROCESSES ?? availableParallelism();

/** @param count proxy processes in all */
export function proxySpec(settings: Settings, index: number, count: number, fds: ListenFds): ProcessSpec {
  const env = childEnv(settings, {
    GB_PROXY_INDEX: String(index),
    GB_PROXY_PROCESSES: String(count),
    GB_LISTEN_FD: String(LISTEN_FD),
    ...(fds.tls !== null && { GB_LISTEN_TLS_FD: String(LISTEN_TLS_FD) }),
    GB_SECRET_KEY: secretKeyText(settings),
    GB_RELOAD_DRAIN_MS: String(settings.env.GB_RELOAD_DRAIN_MS),
  });
  const sockets = fds.tls === null ? [fds.clear] : [fds.clear, fds.tls];
  return {
    name: `proxy ${index}`,
    command: () => ({
      file: process.execPath,
      args: [path.join(settings.root, "workers/proxy/main.ts")],
      options: { cwd: settings.root, env, stdio: ["ignore", "inherit", "inherit", "ipc", ...sockets] },
    }),
    ready: "message",
    stop: STOP_PROXY,
    dismiss: dismissProxy(settings.env.GB_RELOAD_DRAIN_MS),
  };
}

export function controlSpec(settings: Settings, proxies: number, databaseUrl: () => string): ProcessSpec {
  const env = () =>
    childEnv(settings, {
      DATABASE_URL: databaseUrl(),
      GB_ADMIN_PORT: String(settings.env.GB_ADMIN_PORT),
      GB_ADMIN_BIND: settings.env.GB_ADMIN_BIND,
      GB_PROXY_PROCESSES: String(proxies),
      // Opens the targets of notification channels, and what checks send.
      GB_SECRET_KEY: secretKeyText(settings),
      GB_NOTIFY_ALLOW: settings.env.GB_NOTIFY_ALLOW.join(","),
      GB_PUBLIC_URL: webAddress(settings.env),
      // Asked for at /metrics, when that is bound beyond loopback.
      ...(settings.env.GB_API_TOKEN ? { GB_API_TOKEN: settings.env.GB_API_TOKEN } : {}),
    });
  return {
    name: "control",
    command: () => ({
      file: process.execPath,
      args: [path.join(settings.root, "workers/control/main.ts")],
      options: { cwd: settings.root, env: env(), stdio: ["ignore", "inherit", "inherit", "ipc"] },
    }),
    ready: "message",
    stop: STOP_CHILD,
  };
}

/** Environment of the web server, and of its build. */
export function webEnv(settings: Settings, databaseUrl: string): NodeJS.ProcessEnv {
  const { env, dir } = settings;
  return childEnv(settings, {
    DATABASE_URL: databaseUrl,
    BETTER_AUTH_SECRET: sessionSecret(dir.secret),
    GB_SECRET_KEY: secretKeyText(settings),
    GB_WEB_PORT: String(env.GB_WEB_PORT),
    GB_ADMIN_PORT: String(env.GB_ADMIN_PORT),
    GB_ADMIN_BIND: env.GB_ADMIN_BIND,
    GB_PROXY_URL: httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT),
    ...(env.GB_PUBLIC_URL ? { GB_PUBLIC_URL: env.GB_PUBLIC_URL } : {}),
    ...(env.GB_OIDC_CLIENT_SECRET ? { GB_OIDC_CLIENT_SECRET: env.GB_OIDC_CLIENT_SECRET } : {}),
  });
}

export function webSpec(settings: Settings, databaseUrl: () => string): ProcessSpec {
  const { GB_WEB_BIND: bind, GB_WEB_PORT: port } = settings.env;
  const next = path.join(settings.root, "node_modules/next/dist/bin/next");
  return {
    name: "web",
    command: () => ({
      file: process.execPath,
      args: [next, settings.dev ? "dev" : "start", "-H", bind, "-p", String(port)],
      options: {
        cwd: settings.root,
        env: webEnv(settings, databaseUrl()),
        // What Next says there is its own banner, with addresses that are not always ours; faults go to the other stream.
        stdio: ["ignore", settings.dev ? "inherit" : "ignore", "inherit", "ipc"],
      },
    }),
    ready: (_child, gone) => answers(reachable(bind), port, gone),
    stop: STOP_CHILD,
  };
}

/** Resolves when the health endpoint answers 200: web and database are ready. */
async function answers(host: string, port: number, gone: AbortSignal): Promise<void> {
  while (!gone.aborted) {
    const status = await new Promise<number | null>((resolve) => {
      const request = http.get({ host, port, path: "/api/v1/health", timeout: 10_000 }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => resolve(null));
    });
    if (status === 200) return;
    // Web is there, and logs each of these: what it waits for, a database that is down, may take long.
    await sleep(status === null ? 50 : 500);
  }
}
