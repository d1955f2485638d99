// Learned sessions over four real proxy processes and a real control process, without a database: a session's requests go to
// one process after another, and must find its node in each.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { freePorts } from "#tests/support/product.ts";
import { cleanups, control, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);
vi.setConfig({ testTimeout: 240_000 });
/** Where machines are so busy that control does not answer in half a second, processes go by what they know. */
const BUSY = { retry: 2 };

const NOWHERE = "postgres://nobody@127.0.0.1:1/nothing";
const PROCESSES = [0, 1, 2, 3];
const PATIENCE = { timeout: 60_000, interval: 50 };
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

type Answer = { status: number; body: string; sid: string };
function ask(port: number, pathname: string, sid = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = sid === "" ? {} : { cookie: `SID=${sid}` };
    const request = http.get({ host: "127.0.0.1", port, path: pathname, headers, agent }, (response) => {
      let body = "";
      response.on("data", (piece) => {
        body += piece;
      });
      const [given = ""] = response.headers["set-cookie"] ?? [];
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, sid: /^SID=([^;]+)/.exec(given)?.[1] ?? sid }),
      );
    });
    request.on("error", reject);
  });
}

/** Nodes that answer with their number, and give a session to who asks for one at `/login`. */
async function startNodes(count: number): Promise<{ id: string; url: string }[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
        if (request.url === "/login") response.setHeader("Set-Cookie", `SID=${randomUUID()}; Path=/`);
        response.end(String(n));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      after.add(() => {
        server.closeAllConnections();
        server.close();
      });
      return { id: randomUUID(), url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    }),
  );
}

async function startProxy(index: number, port: number, { root }: DataDir): Promise<ChildProcess> {
  const env = {
    GB_DATA_DIR: root,
    GB_PROXY_PORT: String(port),
    GB_PROXY_INDEX: String(index),
    GB_PROXY_PROCESSES: "4",
  };
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: { ...process.env, ...env, GB_SECRET_KEY: "5e".repeat(32), GB_LOG_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  after.add(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

async function fleet(stickiness: object) {
  const dir = await temporaryDataDir(after);
  const nodes = await startNodes(3);
  const pool = {
    id: randomUUID(),
    name: "pool",
    algorithm: "random-two-choices",
    isDefault: true,
    healthCheck: { enabled: false },
    stickiness: { mode: "learn", ...stickiness },
    nodes: nodes.map((node, n) => ({ ...node, name: `node ${n}` })),
  };
  const document = ConfigDocument.parse({ pools: [pool], routes: [] });
  await writeFile(dir.config, JSON.stringify({ revision: 1, document }));
  const ports = await freePorts(PROCESSES.length);
  const portOf = (process: number) => ports[process % PROCESSES.length] as number;
  const start = () => Promise.all(PROCESSES.map((index) => startProxy(index, portOf(index), dir)));
  const startControl = () => control(after, { databaseUrl: NOWHERE, dir });
  /** All four are on the bus: control says so on its admin port. */
  const connected = (adminPort: number) =>
    vi.waitFor(async () => {
      const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
      expect(text).toMatch(/^gb_proxy_processes 4$/m);
    }, PATIENCE);
  return { dir, nodes, portOf, start, startControl, connected };
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
    }),
  );
}

test(
  "of 1,000 sessions none has a request off its node, though each request comes to another process",
  BUSY,
  async () => {
    const { portOf, start, startControl, connected } = await fleet({ from: "cookie", tokenName: "SID" });
    const { adminPort } = await startControl();
    await start();
    await connected(adminPort);
    let off = 0;
    const spread = new Set<string>();
    await inParallel(
      Array.from({ length: 1_000 }, (_, i) => i),
      16,
      async (i) => {
        const first = await ask(portOf(i), "/login");
        spread.add(first.body);
        for (const step of [1, 2]) {
          const again = await ask(portOf(i + step), "/", first.sid);
          if (again.status !== 200 || again.body !== first.body) off++;
        }
      },
    );
    expect(off).toBe(0);
    expect(spread.size).toBe(3);
  },
);

test("the first requests of a session go to one node, though they come to all processes at once", BUSY, async () => {
  const { portOf, start, startControl, connected } = await fleet({ from: "query", tokenName: "user" });
  const { adminPort } = await startControl();
  await start();
  await connected(adminPort);
  let split = 0;
  await inParallel(
    Array.from({ length: 100 }, (_, i) => i),
    4,
    async (i) => {
      const answers = await Promise.all(PROCESSES.map((index) => ask(portOf(index), `/?user=${i}`)));
      if (new Set(answers.map(({ body }) => body)).size > 1) split++;
    },
  );
  expect(split).toBe(0);
});

test(
  "sessions outlive a proxy process, control, and the whole worker; what is kept of them cannot be used",
  BUSY,
  async () => {
    const { dir, portOf, start, startControl, connected } = await fleet({ from: "cookie", tokenName: "SID" });
    const first = await startControl();
    const proxies = await start();
    await connected(first.adminPort);
    const sessions = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(portOf(i), "/login")));
    const off = async () => {
      const answers = await Promise.all(
        sessions.flatMap(({ sid, body }) =>
          PROCESSES.map(async (index) => (await ask(portOf(index), "/", sid)).body === body),
        ),
      );
      return answers.filter((isHome) => !isHome).length;
    };
    const killed = once(proxies[0] as ChildProcess, "exit");
    (proxies[0] as ChildProcess).kill("SIGKILL");
    await killed;
    proxies[0] = await startProxy(0, portOf(0), dir);
    await connected(first.adminPort);
    expect(await off()).toBe(0);

    await first.stop();
    expect(await off()).toBe(0);
    const second = await startControl();
    await connected(second.adminPort);
    expect(await off()).toBe(0);

    await Promise.all(
      proxies.map(async (child) => {
        const exit = once(child, "exit");
        child.kill("SIGKILL");
        await exit;
      }),
    );
    await second.stop();
    const text = await readFile(dir.sessions, "utf8");
    for (const { sid } of sessions) expect(text).not.toContain(sid);
    // The proxies come first, and must not wait for control.
    await start();
    expect(await off()).toBe(0);
    const third = await startControl();
    await connected(third.adminPort);
    expect(await off()).toBe(0);
  },
);

test(
  "what is learned while control is away is known to all once it is back, and nobody waits for it",
  BUSY,
  async () => {
    const { portOf, start, startControl, connected } = await fleet({ from: "cookie", tokenName: "SID" });
    await start();
    const sessions = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(portOf(i), "/login")));
    for (const { status } of sessions) expect(status).toBe(200);
    const { adminPort } = await startControl();
    await connected(adminPort);
    const answers = await Promise.all(
      sessions.flatMap(({ sid, body }) =>
        PROCESSES.map(async (index) => (await ask(portOf(index), "/", sid)).body === body),
      ),
    );
    expect(answers).not.toContain(false);
  },
);
