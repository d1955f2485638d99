import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import {
  clearSecretsOf,
  mapOperationSecrets,
  mapSecrets,
  maskSecrets,
  secretRefsOf,
} from "#lib/core/config/secrets.ts";

const [pool, node, plain, route] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const document = (secret: (name: string) => object): ConfigDocument =>
  ConfigDocument.parse({
    pools: [
      {
        id: pool,
        name: "p",
        algorithm: "least-connections",
        healthCheck: {
          http: { headers: { "x-a": secret("http"), "x-open": "open", value: "a header of this name" } },
          business: { headers: { secret: secret("business") } },
        },
        nodes: [
          {
            id: node,
            name: "n",
            url: "http://n",
            requestHeaders: { set: { "x-b": secret("node") } },
            credentials: [{ in: "query", name: "key", value: secret("credential") }],
          },
          { id: plain, name: "plain", url: "http://m" },
        ],
      },
    ],
    routes: [{ id: route, match: {}, poolId: pool, requestHeaders: { set: { "x-c": secret("route") } } }],
  });

test("every place that can hold a secret is known, with the entity that it belongs to and its path", () => {
  const seen: string[] = [];
  const given = document((name) => ({ value: name }));
  const same = mapSecrets(given, (secret, { ownerId, path, kind }) => {
    seen.push(`${"value" in secret && secret.value} ${kind} ${ownerId} ${path.join(".")}`);
    return secret;
  });
  expect(same).toBe(given);
  expect(seen).toEqual([
    `http header ${pool} pools.0.healthCheck.http.headers.x-a`,
    `business header ${pool} pools.0.healthCheck.business.headers.secret`,
    `node header ${node} pools.0.nodes.0.requestHeaders.set.x-b`,
    `credential query ${node} pools.0.nodes.0.credentials.0.value`,
    `route header ${route} routes.0.requestHeaders.set.x-c`,
  ]);
  expect(clearSecretsOf(given)).toHaveLength(5);
});

test("what is not changed is the very same, also beside what is", () => {
  const given = document((name) => ({ value: name }));
  const masked = maskSecrets(given);
  expect(JSON.stringify(masked)).not.toMatch(/"value":"(http|business|node|credential|route)"/);
  expect(clearSecretsOf(masked)).toEqual([]);
  expect(masked.pools[0]?.nodes[1]).toBe(given.pools[0]?.nodes[1]);
  expect(masked.proxy).toBe(given.proxy);
  expect(maskSecrets(masked)).toBe(masked);
  expect(given).toEqual(document((name) => ({ value: name })));
});

test("a reference is one field of a difference, told by its id alone", () => {
  const ids = new Map<string, string>();
  const refs = document((name) => ({ secret: ids.set(name, ids.get(name) ?? randomUUID()).get(name) as string }));
  expect(secretRefsOf(refs)).toHaveLength(5);
  const later = mapSecrets(refs, (secret, { ownerId }) => (ownerId === route ? { secret: randomUUID() } : secret));
  const [change] = diffConfig(refs, later);
  expect(change).toMatchObject({
    kind: "route",
    fields: [{ path: "requestHeaders.set.x-c", before: { secret: ids.get("route") } }],
  });
});

test("also what no schema has seen is walked, and what has not the form of a secret is left for the schema", () => {
  const patch = (given: unknown) => ({ op: "node.update", id: node, patch: given }) as ConfigOperation;
  const sealed = (operation: ConfigOperation) =>
    mapOperationSecrets(operation, (secret) => ("value" in secret ? { secret: "sealed" } : secret));
  expect(
    sealed(patch({ credentials: [{ in: "header", name: "a", value: "text" }, { value: { value: "text" } }] })),
  ).toEqual(
    patch({ credentials: [{ in: "header", name: "a", value: { secret: "sealed" } }, { value: { secret: "sealed" } }] }),
  );
  for (const odd of [
    null,
    1,
    { credentials: 1 },
    { credentials: [null, 1, [], { value: 7 }, { value: { value: 7 } }, { value: { value: "a", more: 1 } }] },
    { requestHeaders: null },
    { requestHeaders: { set: ["a"] } },
    { requestHeaders: { set: { "x-a": "open" } } },
  ])
    expect(sealed(patch(odd))).toEqual(patch(odd));
});
