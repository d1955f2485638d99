import { expect, test } from "vitest";
import { type ConfigDocument, NodeInput, RouteInput } from "#lib/contracts/config.ts";
import { checkDocument } from "#workers/control/check-document.ts";
import { DocumentReader } from "#workers/control/document-reader.ts";
import { documentOf, NODES, POOL, quickPool } from "./support.ts";

const stored = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
const first = () => documentOf(quickPool(NODES.map((id, at) => ({ id, url: `http://10.0.0.${at}` }))));
const edited = (edit: (document: ConfigDocument) => void): unknown => {
  const document = stored(first()) as ConfigDocument;
  edit(document);
  return document;
};
const poolOf = (document: ConfigDocument) => document.pools[0] as ConfigDocument["pools"][number];

test("reads the same as who checks the whole, whatever it read before", () => {
  const reader = new DocumentReader();
  const documents = [
    first(),
    edited((document) => poolOf(document).nodes.reverse()),
    edited((document) => ((poolOf(document).nodes[1] as { weight: number }).weight = 9)),
    edited((document) => poolOf(document).nodes.splice(1, 2)),
    edited((document) => poolOf(document).nodes.push(structuredClone(poolOf(document).nodes[0]) as never)),
    edited((document) => document.pools.push(structuredClone(document.pools[0]) as never)),
    edited((document) => Object.assign(poolOf(document), { algorithm: "none" })),
    edited((document) => Object.assign(poolOf(document).nodes[2] as object, { weight: -1 })),
    edited((document) => Object.assign(document, { more: true })),
    edited((document) =>
      document.routes.push({ id: NODES[3], ...RouteInput.parse({ match: { pathPrefix: "/a" }, poolId: NODES[2] }) }),
    ),
    edited((document) =>
      document.routes.push({ id: NODES[3], ...RouteInput.parse({ match: { pathPrefix: "/a" }, poolId: POOL }) }),
    ),
    {
      pools: [
        { id: POOL, name: "a", algorithm: "least-connections", nodes: [{ id: NODES[0], url: "http://a", name: "a" }] },
      ],
      routes: [],
    },
    { pools: "none", routes: [] },
    { pools: [null, { nodes: [1] }], routes: [] },
    null,
    first(),
  ];
  for (const document of documents) expect(reader.read(stored(document))).toEqual(checkDocument(stored(document)));
});

test("takes over what stayed as the very same objects, also past a document that it refused", () => {
  const reader = new DocumentReader();
  const before = reader.read(stored(first())) as ConfigDocument;
  expect(typeof reader.read({ pools: "none", routes: [] })).toBe("string");
  const after = reader.read(
    edited((document) => {
      (poolOf(document).nodes[1] as { weight: number }).weight = 9;
      document.pools.push({ ...quickPool([]), id: "00000000-0000-4000-8000-00000000000b", name: "other" });
    }),
  ) as ConfigDocument;
  expect(poolOf(after).nodes[0]).toBe(poolOf(before).nodes[0]);
  expect(poolOf(after).nodes[1]).toEqual({
    id: NODES[1],
    ...NodeInput.parse({ name: "node-2", url: "http://10.0.0.1", weight: 9 }),
  });
  expect(after.proxy).toBe(before.proxy);
  expect(after.routes).toBe(before.routes);
  expect(poolOf(reader.read(stored(after)) as ConfigDocument)).toBe(poolOf(after));
});
