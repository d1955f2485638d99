// Consistent hashing by each of its keys, seen at the nodes.
import { afterEach, describe, expect, test, vi } from "vitest";
import { ProxySettings } from "#lib/contracts/config.ts";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

/** Nodes that say who they are. Their ids decide who gets which key: they are the same in every run. */
const answeringNodes = (count: number) =>
  Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const id = `3f1c6a5e-8f0b-4b8e-9a63-00000000000${i}`;
      const node = await startNode((_request, response) => response.end(id));
      return Object.assign(node, { id });
    }),
  );

/** Eight of them behind a proxy that believes this machine's `X-Forwarded-For`. */
async function hashing(hashKey: object) {
  const nodes = await answeringNodes(8);
  const { document, revision } = configOf([
    { algorithm: "consistent-hash", hashKey, nodes: nodes.map(({ id, url }) => ({ id, url })) },
  ]);
  const proxy = ProxySettings.parse({ forwarding: { trustedProxies: ["127.0.0.0/8"] } });
  const { url } = await startProxy({ revision, document: { ...document, proxy } });
  return async (path: string, headers: Record<string, string> = {}) => (await request(url + path, { headers })).body;
}

const KEYS = Array.from({ length: 40 }, (_, i) => i);

describe("a consistent hash", () => {
  // What differs besides the key must not matter.
  test.each<[string, object, (key: number, noise: number) => [string, Record<string, string>?]]>([
    [
      "the client's address",
      { from: "client-address" },
      (key, noise) => [`/${noise}`, { "x-forwarded-for": `192.0.2.${key}` }],
    ],
    [
      "the path",
      { from: "path" },
      (key, noise) => [`/users/${key}?page=${noise}`, { "x-forwarded-for": `192.0.2.${noise}` }],
    ],
    [
      "a header",
      { from: "header", name: "X-User" },
      (key, noise) => [`/${noise}`, { "x-user": `user ${key}`, cookie: `a=${noise}` }],
    ],
    [
      "a cookie",
      { from: "cookie", name: "sid" },
      (key, noise) => [`/${noise}`, { cookie: `a=${noise}; sid=${key}; xsid=${noise}` }],
    ],
    ["a query parameter", { from: "query", name: "user" }, (key, noise) => [`/${noise}?a=${noise}&user=${key}`]],
  ])("of %s sends a key to one node, and keys to all of them", async (_, hashKey, requestOf) => {
    const ask = await hashing(hashKey);
    const first = [];
    for (const key of KEYS) first.push(await ask(...requestOf(key, 1)));
    for (const noise of [2, 3])
      for (const [i, key] of KEYS.entries()) expect(await ask(...requestOf(key, noise))).toBe(first[i]);
    expect(new Set(first).size).toBe(8);
  });

  test.each<[string, Record<string, string>]>([
    ["missing", {}],
    ["empty", { "x-user": "" }],
  ])("goes by the client's address where the key is %s", async (_, headers) => {
    const ask = await hashing({ from: "header", name: "x-user" });
    const seen = [];
    for (const key of KEYS) seen.push(await ask("/", { ...headers, "x-forwarded-for": `192.0.2.${key}` }));
    expect(new Set(seen).size).toBe(8);
    expect(await ask("/", { ...headers, "x-forwarded-for": "192.0.2.0" })).toBe(seen[0]);
  });

  test("moves only the keys of a node that leaves, and bounds the load of one key's node", async () => {
    const held: (() => void)[] = [];
    let isHolding = false;
    const nodes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const node = await startNode((_request, response) => {
          if (isHolding) held.push(() => response.end(node.id));
          else response.end(node.id);
        });
        return node;
      }),
    );
    const pool = {
      id: "3f1c6a5e-8f0b-4b8e-9a63-000000000009",
      algorithm: "consistent-hash",
      hashKey: { from: "path" },
      hedge: { enabled: false },
    };
    const all = nodes.map(({ id, url }) => ({ id, url }));
    const { server, url } = await startProxy(configOf([{ ...pool, nodes: all }]));
    const ask = async (path: string) => (await request(url + path)).body;
    const before = [];
    for (const key of KEYS) before.push(await ask(`/${key}`));
    const gone = nodes[0]?.id as string;
    server.applyConfig(configOf([{ ...pool, nodes: all.slice(1) }], [], 2));
    for (const [i, key] of KEYS.entries()) {
      const now = await ask(`/${key}`);
      if (before[i] === gone) expect(now).not.toBe(gone);
      else expect(now).toBe(before[i]);
    }
    for (const node of nodes) node.hits = 0;
    isHolding = true;
    const answers = Array.from({ length: 24 }, () => ask("/one-key"));
    await vi.waitFor(() => expect(held).toHaveLength(24));
    // 1.25 × a third of 24 each, at most.
    expect(Math.max(...nodes.map(({ hits }) => hits))).toBeLessThanOrEqual(10);
    for (const answer of held) answer();
    await Promise.all(answers);
  });
});
