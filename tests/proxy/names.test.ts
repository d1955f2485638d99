import { randomUUID } from "node:crypto";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type DnsAnswer, startDns } from "#tests/support/dns-server.ts";
import { makeLookUp } from "#workers/names/look-up.ts";
import type { Name } from "#workers/names/name.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const NAME = "api.test";
const SOON = { timeout: 8_000, interval: 20 };

interface Site {
  hits: number;
  open: number;
  /** Answers that wait for the test to let them go. */
  held: (() => void)[];
}

/** Servers on several loopback addresses and one port: what a name resolves to. They answer with their address. */
async function startSites(ips: string[], answerOf: (ip: string, response: http.ServerResponse) => void) {
  let port = 0;
  const sites = new Map<string, Site>();
  for (const ip of ips) {
    const site: Site = { hits: 0, open: 0, held: [] };
    sites.set(ip, site);
    const server = http.createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
      site.hits++;
      if (incoming.url === "/held") site.held.push(() => response.end(ip));
      else answerOf(ip, response);
    });
    server.on("connection", (socket) => {
      site.open++;
      socket.on("close", () => site.open--);
    });
    await new Promise<void>((resolve) => server.listen(port, ip, resolve));
    port = (server.address() as AddressInfo).port;
    onCleanUp(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  return { port, site: (ip: string) => sites.get(ip) as Site };
}

const keepAlive = (ip: string, response: http.ServerResponse) => void response.end(ip);
const oneEach = (ip: string, response: http.ServerResponse) => void response.setHeader("Connection", "close").end(ip);

/** A proxy whose only node is `NAME`, which resolves as `zone` says. */
async function startNamed(
  port: number,
  answer: DnsAnswer,
  settings: object = {},
  more: { url: string }[] = [],
  timeoutMs = 1_500,
) {
  const dns = await startDns({ [NAME]: answer }, onCleanUp);
  const news: Name["state"][] = [];
  const config = configOf([{ nodes: [{ url: `http://${NAME}:${port}` }, ...more], ...settings }]);
  const options = {
    lookUp: { servers: [dns.address], hostsFile: "/nonexistent", timeoutMs },
    onName: ({ state }: Name) => void news.push(state),
  };
  return { dns, news, ...(await startProxy(config, {}, options)) };
}

const bodies = async (url: string, count: number) => {
  const seen: string[] = [];
  for (let i = 0; i < count; i++) seen.push((await request(url)).body);
  return seen;
};

describe("a node with a host name", () => {
  test("gets its requests at all addresses of the name, in turn, as a client asked for nothing", async () => {
    const ips = ["127.0.1.1", "127.0.1.2", "127.0.1.3"];
    const { port } = await startSites(ips, oneEach);
    const { url } = await startNamed(port, { addresses: ips });
    expect((await bodies(url, 9)).sort()).toEqual([...ips, ...ips, ...ips].sort());
  });

  test("is asked for by no request: one look-up serves hundreds of them, and every node of that name", async () => {
    const { port } = await startSites(["127.0.0.1"], oneEach);
    const { url, dns } = await startNamed(port, { addresses: ["127.0.0.1"], ttlSeconds: 60 }, {}, [
      { url: `http://${NAME}:${port}/second` },
    ]);
    expect(await load(url, 500)).toEqual(new Map([[200, 500]]));
    expect(dns.asked.get(NAME)).toBe(1);
  });

  test("moves with the name: idle connections to the old address close, what is in flight there finishes", async () => {
    const { port, site } = await startSites(["127.0.1.1", "127.0.1.2"], keepAlive);
    const { url, dns } = await startNamed(port, { addresses: ["127.0.1.1"] });
    const inFlight = request(`${url}/held`);
    await vi.waitFor(() => expect(site("127.0.1.1").held).toHaveLength(1), SOON);
    expect(await bodies(url, 2)).toEqual(["127.0.1.1", "127.0.1.1"]);
    expect(site("127.0.1.1").open).toBe(2);

    dns.zone[NAME] = { addresses: ["127.0.1.2"] };
    await vi.waitFor(() => expect(site("127.0.1.1").open).toBe(1), SOON);
    expect(await bodies(url, 2)).toEqual(["127.0.1.2", "127.0.1.2"]);
    site("127.0.1.1").held[0]?.();
    expect((await inFlight).body).toBe("127.0.1.1");
    await vi.waitFor(() => expect(site("127.0.1.1").open).toBe(0), SOON);
    expect(site("127.0.1.1").hits).toBe(3);
  });

  const failures: [string, DnsAnswer, string][] = [
    ["comes back empty", { addresses: [] }, "name-not-found"],
    ["says the name is gone", "nxdomain", "name-not-found"],
    ["fails", "servfail", "name-lookup-failed"],
    ["hangs", "hangs", "name-lookup-timeout"],
  ];
  test.each(failures)("keeps its last good address when a look-up %s, and is shown to fail once", async (...row) => {
    const [, answer, cause] = row;
    const { port } = await startSites(["127.0.1.1", "127.0.1.2"], oneEach);
    const { url, dns, news } = await startNamed(port, { addresses: ["127.0.1.1"] });
    expect(await bodies(url, 1)).toEqual(["127.0.1.1"]);
    dns.zone[NAME] = answer;
    await vi.waitFor(() => expect(news.at(-1)).toMatchObject({ state: "failing", cause }), SOON);
    expect(news.at(-1)).toMatchObject({ addresses: ["127.0.1.1"], lastGoodMs: expect.any(Number) });
    expect(await load(url, 50)).toEqual(new Map([[200, 50]]));
    dns.zone[NAME] = { addresses: ["127.0.1.2"] };
    await vi.waitFor(() => expect(news.at(-1)).toMatchObject({ state: "resolved" }), SOON);
    expect(await bodies(url, 2)).toEqual(["127.0.1.2", "127.0.1.2"]);
    expect(news.map(({ state }) => state)).toEqual(["resolved", "failing", "resolved"]);
  });

  test("tries the next address when one refuses: no request fails and nothing is held against the node", async () => {
    const { port, site } = await startSites(["127.0.1.2"], oneEach);
    const { url, measured } = await startNamed(
      port,
      { addresses: ["127.0.1.1", "127.0.1.2"] },
      { retry: { maxRetries: 0 } },
    );
    expect(await load(url, 100)).toEqual(new Map([[200, 100]]));
    expect(site("127.0.1.2").hits).toBe(100);
    expect(measured().nodes[0]).toMatchObject({ requests: 100, failures: 0 });
  });

  test("makes a request wait that comes before the first answer", async () => {
    const { port } = await startSites(["127.0.0.1"], keepAlive);
    // Time enough for the resolver to ask a second time.
    const { url, dns } = await startNamed(port, "hangs", { timeouts: { connectMs: 10_000 } }, [], 10_000);
    const answer = request(url);
    await vi.waitFor(() => expect(dns.asked.get(NAME)).toBe(1), SOON);
    dns.zone[NAME] = { addresses: ["127.0.0.1"] };
    expect(await answer).toMatchObject({ status: 200, body: "127.0.0.1" });
  });

  test("that never resolved leaves the requests to other nodes", async () => {
    const other = await startNode();
    const { url, news } = await startNamed(1, "nxdomain", {}, [{ url: other.url }]);
    expect(await load(url, 50)).toEqual(new Map([[200, 50]]));
    expect(news).toMatchObject([{ state: "failing", addresses: [], lastGoodMs: null, cause: "name-not-found" }]);
  });

  test("is told by name to the TLS server", async () => {
    const names: string[] = [];
    const server = tls.createServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error("no certificate"));
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onCleanUp(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { url, server: proxy } = await startNamed(1, { addresses: ["127.0.0.1"] });
    proxy.applyConfig(configOf([{ nodes: [{ url: `https://${NAME}:${port}` }] }], [], 2));
    expect((await request(url)).status).toBe(502);
    expect(new Set(names)).toEqual(new Set([NAME]));
  });

  test("is forgotten when no node has it any more", async () => {
    const node = await startNode();
    const { url, server } = await startNamed(1, { addresses: ["127.0.0.1"] });
    expect(server.names.all.map(({ hostname }) => hostname)).toEqual([NAME]);
    server.applyConfig(configOf([{ id: randomUUID(), nodes: [{ url: node.url }] }], [], 2));
    expect(server.names.all).toEqual([]);
    expect((await request(url)).body).toBe("ok");
  });
});

describe("a look-up", () => {
  const lookUpAt = (address: string, hostsFile = "/nonexistent") => makeLookUp({ servers: [address], hostsFile });

  test("takes a long answer over TCP", async () => {
    const addresses = Array.from({ length: 60 }, (_, i) => `127.0.2.${i}`);
    const dns = await startDns({ [NAME]: { addresses, isTruncated: true, ttlSeconds: 7 } }, onCleanUp);
    const answer = await lookUpAt(dns.address)(NAME);
    expect([...answer.addresses].sort()).toEqual([...addresses].sort());
    expect(answer.ttlMs).toBe(7_000);
    expect(dns.askedByTcp).toBeGreaterThan(0);
  });

  test("finds names that have IPv6 addresses only", async () => {
    const dns = await startDns({ [NAME]: { addresses: [], v6: { addresses: ["fd00::7"], ttlSeconds: 3 } } }, onCleanUp);
    expect(await lookUpAt(dns.address)(NAME)).toEqual({ addresses: ["fd00::7"], ttlMs: 3_000 });
  });

  test.each(["hangs", "servfail"] as const)(
    "is not held up by IPv6 that %s, and says that it does not know",
    async (v6) => {
      const dns = await startDns({ [NAME]: { addresses: ["127.0.0.1"], v6 } }, onCleanUp);
      const startedMs = performance.now();
      expect(await lookUpAt(dns.address)(NAME)).toMatchObject({ addresses: ["127.0.0.1"], unknownFamily: 6 });
      expect(performance.now() - startedMs).toBeLessThan(900);
    },
  );

  test("asks the hosts file first, as it is at that time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gb-hosts-"));
    onCleanUp(() => rm(folder, { recursive: true }));
    const file = join(folder, "hosts");
    const dns = await startDns({ [NAME]: { addresses: ["127.0.0.9"] } }, onCleanUp);
    const lookUp = lookUpAt(dns.address, file);
    expect((await lookUp(NAME)).addresses).toEqual(["127.0.0.9"]);
    await writeFile(file, `127.0.0.1 ${NAME}\n127.0.0.2 ${NAME}\n`);
    expect((await lookUp("API.test")).addresses).toEqual(["127.0.0.1", "127.0.0.2"]);
    await writeFile(`${file}.new`, `127.0.0.3 ${NAME}\n`);
    await rename(`${file}.new`, file);
    expect((await lookUp(NAME)).addresses).toEqual(["127.0.0.3"]);
  });

  test("leaves names without a dot to the system", async () => {
    const answer = await makeLookUp({ hostsFile: "/nonexistent" })("localhost");
    expect(answer.addresses).toContain("127.0.0.1");
  });
});
