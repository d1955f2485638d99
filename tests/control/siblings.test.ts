// What one proxy process learns of a node, its siblings know at once: four real processes, and a real control process whose
// bus carries it. The node fails for requests of the first process only, so the others can have it from nobody else. How
// long that takes is compared with how long a request takes on the same machine at the same time, as the machine may be
// busy; that nobody on the way lets it wait is shown by the order of messages.
import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
import {
  cleanups,
  connected,
  control,
  documentOf,
  eventually,
  NODES,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);

const ROUNDS = 3;
const GOAL_MS = 50;
/** On a machine so busy that a request takes milliseconds, what a flip may take: it is two messages and a few requests. */
const REQUESTS_TAKEN = 10;
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

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

test("control passes on what a process learned before it does anything else, however much it is asked meanwhile", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir });
  const [first, second] = [await proxy(after, dir, 0), await proxy(after, dir, 1)];
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }])));
  await eventually(() => expect([first, second].map((one) => one.config()?.revision)).toEqual([1, 1]));
  const limit = { kind: "rate", requests: 1_000, windowMs: 1_000, burst: 1_000 };
  const ask = { resource: "route:x", key: "", limit, need: 1, want: 0, used: 0, back: 0, owed: 0 };
  const grants = (one: typeof first) => one.received.filter(({ type }) => type === "grant").length;
  for (let round = 1; round <= 20; round++) {
    const [sinceMs, untilMs] = [round, Date.now() + 60_000 + round];
    const ejection = { state: "ejected", sinceMs, untilMs, cause: "status-500", timesEjected: 1 };
    first.send({ type: "passive", facts: [{ nodeId: NODES[0], ejection, breaker: { state: "closed" } }] });
    first.send({ type: "lease", asks: [ask] });
    await eventually(() => expect(grants(first)).toBe(round));
    // Whatever the second asks for now is answered after it was told: nothing was put off to a timer or a later turn.
    second.send({ type: "lease", asks: [ask] });
    await eventually(() => expect(grants(second)).toBe(round));
    const told = second.received.filter(({ type }) => type === "passive" || type === "grant").slice(-2);
    expect(told).toMatchObject([{ type: "passive", facts: [{ ejection: { sinceMs } }] }, { type: "grant" }]);
  }
});

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
    const flaky = await serve(after, (request, response) => {
      if (request.headers["x-fail"]) failedMs = performance.now();
      response.writeHead(request.headers["x-fail"] ? 500 : 200).end("flaky");
    });
    const steady = await serve(after, (_request, response) => void response.end("steady"));
    const ports = await freePorts(4);
    const [first, ...siblings] = ports as [number, number, number, number];
    await Promise.all(
      ports.map((port, index) => startProxy(after, { index, count: ports.length, port, root: path.dirname(dir.bus) })),
    );

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
    const requestMs: number[] = [];
    const timed = async (...request: Parameters<typeof ask>) => {
      const startedMs = performance.now();
      const answer = await ask(...request);
      requestMs.push(performance.now() - startedMs);
      return answer;
    };
    for (let round = 0; round < ROUNDS; round++) {
      failedMs = 0;
      const lastMs = siblings.map(async (port) => {
        let [streak, last] = [0, 0];
        while (streak < STREAK) {
          const isFlaky = (await timed(port, `/${round}`)) === "flaky";
          streak = isFlaky ? 0 : streak + 1;
          if (isFlaky) last = performance.now();
        }
        return last;
      });
      let streak = 0;
      while (streak < STREAK) streak = (await ask(first, `/${round}`, { "X-Fail": "1" })) === "flaky" ? 0 : streak + 1;
      for (const last of await Promise.all(lastMs)) tookMs.push(Math.max(0, last - failedMs));
    }
    console.info(
      `${by}: siblings knew after ${tookMs.map((ms) => ms.toFixed(1)).join(", ")} ms; a request took ${median(requestMs).toFixed(1)} ms`,
    );
    // Every sibling has learned it in every round, or the loops would not have ended; the machine may have been busy in some.
    expect(tookMs).toHaveLength(ROUNDS * 3);
    expect(median(tookMs)).toBeLessThan(Math.max(GOAL_MS, REQUESTS_TAKEN * median(requestMs)));
  },
);
