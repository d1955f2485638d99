// What one proxy process learns of a node, its siblings know at once: four real processes, and a real control process whose
// bus carries it. The node fails for requests of the first process only, so the others can have it from nobody else.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { cleanups, connected, control, eventually, publish, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);

const ROUNDS = 3;
/** Answers of another node in a row after which a process is taken to know. With equal weights they alternate. */
const STREAK = 8;
const OFF = {
  healthCheck: { enabled: false },
  retry: { maxRetries: 0 },
  hedge: { enabled: false },
  warmUp: { enabled: false },
};
const LEARNED_BY = {
  ejection: { breaker: { enabled: false }, ejection: { consecutiveFailures: 5, baseEjectionMs: 60_000 } },
  breaker: { ejection: { enabled: false }, breaker: { minimumRequests: 5, openMs: 60_000 } },
};

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startProxy(index: number, port: number, root: string): Promise<ChildProcess> {
  const env = {
    GB_DATA_DIR: root,
    GB_PROXY_PORT: String(port),
    GB_PROXY_INDEX: String(index),
    GB_PROXY_PROCESSES: "4",
  };
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: { ...process.env, ...env, GB_LOG_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  after.add(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

const agent = new http.Agent({ keepAlive: true });
function ask(port: number, pathname: string, headers: http.OutgoingHttpHeaders = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path: pathname, headers, agent }, (response) => {
      let text = "";
      response.on("data", (piece) => {
        text += piece;
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
}

test.each(["ejection", "breaker"] as const)(
  "%s in one of four processes is in force in the others within 50 ms",
  { timeout: 90_000 },
  async (by) => {
    const database = await startTestDatabase();
    after.add(() => database.stop());
    const db = await connected(after, database.url);
    const dir = await temporaryDataDir(after);
    await control(after, { databaseUrl: database.url, dir });
    let failedMs = 0;
    const flaky = await serve((request, response) => {
      if (request.headers["x-fail"]) failedMs = performance.now();
      response.writeHead(request.headers["x-fail"] ? 500 : 200).end("flaky");
    });
    const steady = await serve((_request, response) => void response.end("steady"));
    const ports = await freePorts(4);
    const [first, ...siblings] = ports as [number, number, number, number];
    await Promise.all(ports.map((port, index) => startProxy(index, port, path.dirname(dir.bus))));

    const pools = Array.from({ length: ROUNDS }, (_, i) => ({
      id: randomUUID(),
      name: `round ${i}`,
      algorithm: "weighted-round-robin",
      ...OFF,
      ...LEARNED_BY[by],
      nodes: [flaky, steady].map((url, n) => ({ id: randomUUID(), name: `node ${n}`, url })),
    }));
    const routes = pools.map(({ id }, i) => ({
      id: randomUUID(),
      name: "",
      match: { pathPrefix: `/${i}` },
      poolId: id,
    }));
    await publish(db, 1, ConfigDocument.parse({ pools, routes }));
    for (const port of ports) await eventually(async () => expect(await ask(port, "/0")).toMatch(/flaky|steady/));

    const tookMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      failedMs = 0;
      const lastMs = siblings.map(async (port) => {
        let [streak, last] = [0, 0];
        while (streak < STREAK) {
          const isFlaky = (await ask(port, `/${round}`)) === "flaky";
          streak = isFlaky ? 0 : streak + 1;
          if (isFlaky) last = performance.now();
        }
        return last;
      });
      let streak = 0;
      while (streak < STREAK) streak = (await ask(first, `/${round}`, { "X-Fail": "1" })) === "flaky" ? 0 : streak + 1;
      for (const last of await Promise.all(lastMs)) tookMs.push(Math.max(0, last - failedMs));
    }
    console.info(`${by}: siblings knew after ${tookMs.map((ms) => ms.toFixed(1)).join(", ")} ms`);
    // Every sibling has learned it in every round, or the loops would not have ended; the machine may have been busy in some.
    expect(tookMs).toHaveLength(ROUNDS * 3);
    expect(tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length / 2)]).toBeLessThan(50);
  },
);
