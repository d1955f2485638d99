// What Prometheus gets: metrics that promtool has nothing against, rules and a Grafana dashboard that ask only for what there is, and
// a real server that scrapes a running worker.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { requireTool } from "#tests/support/tools.ts";

import { ask, serve, startProxy } from "./real-proxies.ts";
import {
  cleanups,
  connected,
  control,
  documentOf,
  eventually,
  frame,
  NODES,
  POOL,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const run = promisify(execFile);
const deploy = path.resolve(import.meta.dirname, "../../deploy");
const after = cleanups();
afterEach(after.run);

/** A worker that measured something of everything. @returns the port of its metrics */
async function measuringWorker(): Promise<number> {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const { adminPort } = await control(after, { databaseUrl: database.url, dir });
  const one = await proxy(after, dir);
  const node = { id: NODES[0], url: "http://127.0.0.1:9" };
  await publish(db, 1, documentOf(quickPool([node], { healthCheck: { enabled: false } })));
  await eventually(() => expect(one.config()?.revision).toBe(1));
  one.send({ type: "frame", frame: frame(Math.ceil(Date.now() / 1_000) * 1_000, 5, 2) });
  await eventually(async () => expect(await metricsOf(adminPort)).toContain('gb_requests_total{pool="payments"} 5\n'));
  return adminPort;
}
const metricsOf = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** Names of all metrics that there can be. */
const known = (text: string) => {
  const families = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    families.flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
};
const asked = (text: string) => new Set([...text.matchAll(/(?<![\w:])gb_\w+/g)].map(([name]) => name));

describe("Prometheus", { timeout: 60_000 }, () => {
  test("promtool has nothing against the metrics, and rules and dashboard ask for no others", async () => {
    const text = await metricsOf(await measuringWorker());
    const check = spawn(requireTool("promtool"), ["check", "metrics"], { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    for (const stream of [check.stdout, check.stderr]) stream.on("data", (piece) => (said += piece));
    check.stdin.end(text);
    const [code] = await once(check, "exit");
    expect([code, said]).toEqual([0, ""]);
    const names = known(text);
    for (const file of ["prometheus/gemini-balance.rules.yml", "grafana/gemini-balance.json"]) {
      const wanted = asked(await readFile(path.join(deploy, file), "utf8"));
      expect(wanted.size).toBeGreaterThan(10);
      expect(
        [...wanted].filter((name) => !names.has(name)),
        file,
      ).toEqual([]);
    }
  });

  test("the rules are valid and tell of what they should", async () => {
    const cwd = path.join(deploy, "prometheus");
    const { stdout } = await run(requireTool("promtool"), ["check", "rules", "gemini-balance.rules.yml"], { cwd });
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
    const tested = await run(requireTool("promtool"), ["test", "rules", "gemini-balance.test.yml"], { cwd });
    expect(tested.stdout).toContain("SUCCESS");
  });

  /** A real server that scrapes the worker's metrics each second. @returns how it answers a query */
  async function serverOf(adminPort: number) {
    const target = `127.0.0.1:${adminPort}`;
    const folder = await mkdtemp(path.join(tmpdir(), "gb-prometheus-"));
    after.add(() => rm(folder, { recursive: true, force: true }));
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      scrape_configs: [{ job_name: "gemini-balance", static_configs: [{ targets: [target] }] }],
      rule_files: [path.join(deploy, "prometheus/gemini-balance.rules.yml")],
    };
    await writeFile(path.join(folder, "prometheus.yml"), JSON.stringify(config));
    const [port] = await freePorts(1);
    const server = spawn(
      requireTool("prometheus"),
      [
        `--config.file=${path.join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    after.add(async () => {
      server.kill("SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
    });
    return async (query: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data } = (await answer.json()) as { data: { result: { metric: object; value: [number, string] }[] } };
      return data.result;
    };
  }

  test("a real server scrapes a worker and computes the rules", async () => {
    const ask = await serverOf(await measuringWorker());
    await eventually(async () => {
      expect(await ask('up{job="gemini-balance"}')).toMatchObject([{ value: [expect.any(Number), "1"] }]);
      expect(await ask("gb_requests_total")).toMatchObject([
        { metric: { pool: "payments" }, value: [expect.any(Number), "5"] },
      ]);
      expect(await ask("pool:gb_nodes_usable:count")).toMatchObject([{ value: [expect.any(Number), "1"] }]);
    }, 30_000);
  });

  test("a real server scrapes a running worker: what real requests met, by route and class", async () => {
    const database = await startTestDatabase();
    after.add(() => database.stop());
    const db = await connected(after, database.url);
    const dir = await temporaryDataDir(after);
    const { adminPort } = await control(after, { databaseUrl: database.url, dir, proxyProcesses: 1 });
    const [port = 0] = await freePorts(1);
    await startProxy(after, { index: 0, count: 1, port, root: path.dirname(dir.bus) });
    const url = await serve(after, (request, response) => {
      response.writeHead(request.url?.startsWith("/shop/gold") ? 500 : 200).end("told");
    });
    const pool = {
      ...{ id: POOL, name: "payments", algorithm: "least-connections", nodes: [{ id: NODES[0], name: "a", url }] },
      ...{ classes: [{ name: "gold", pathPrefixes: ["/shop/gold"] }], breaker: { minimumRequests: 8, openMs: 60_000 } },
      ...{ healthCheck: { enabled: false }, ejection: { enabled: false }, retry: { maxRetries: 0 } },
    };
    const routes = [{ id: NODES[1], name: "shop", match: { pathPrefix: "/shop" }, poolId: POOL }];
    await publish(db, 1, ConfigDocument.parse({ pools: [pool], routes }));
    await eventually(async () => expect(await ask(port, "/shop/plain")).toBe("told"));
    // With the one before there are as many as the breaker wants to see: the last of them opens it.
    for (let asked = 0; asked < 7; asked++) await ask(port, "/shop/gold");

    const answer = await serverOf(adminPort);
    const value = async (query: string) => Number((await answer(query))[0]?.value[1] ?? Number.NaN);
    await eventually(async () => {
      expect(await value('gb_class_requests_total{pool="payments",class="gold"}')).toBe(7);
      expect(await value('gb_route_requests_total{route="shop"}')).toBeGreaterThanOrEqual(8);
      expect(await value('gb_route_connections_opened_total{route="shop"}')).toBe(1);
      const reused = await value('gb_node_connection_reuses_total{node="a"}');
      expect(await value('gb_route_connection_reuses_total{route="shop"}')).toBe(reused);
      for (const whose of ['node{node="a"}', 'route{route="shop"}', 'class{class="gold"}']) {
        const [kind, labels] = whose.split("{");
        expect(await value(`gb_${kind}_breaker_openings_total{${labels}`), whose).toBe(1);
      }
      expect(await value('gb_class_breaker_openings_total{class="default"}')).toBe(0);
      expect(await value('gb_class_responses_total{class="gold",status="5xx"}')).toBe(7);
      expect(await value('gb_node_responses_total{node="a",status="5xx"}')).toBe(7);
      expect(await value('gb_route_request_failures_by_cause_total{route="shop",cause="status-500"}')).toBe(7);
      expect(await value('gb_route_requests_aborted_total{route="shop"}')).toBe(0);
    }, 30_000);
  });
});
