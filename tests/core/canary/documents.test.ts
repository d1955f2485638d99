import { describe, expect, it } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { canaryFaults, sharedPools } from "#lib/core/canary/documents.ts";

const id = (n: number) => `0198f2c4-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const node = (n: number, url = `http://10.0.0.${n}:80`) => ({ id: id(n), name: `n${n}`, url });
const document = (...pools: [number, ReturnType<typeof node>[]][]) =>
  ConfigDocument.parse({
    pools: pools.map(([n, nodes]) => ({ id: id(n), name: `p${n}`, algorithm: "weighted-round-robin", nodes })),
    routes: [],
  });

describe("two configurations over one set of nodes", () => {
  it("keeps what only the canary has apart from what is in force", () => {
    const shared = sharedPools(document([100, [node(1)]]), document([100, [node(2)]], [101, [node(3)]]));
    expect(
      shared.map(({ pool, canaryNodes }) => [pool.id, pool.nodes.map((n) => n.id), canaryNodes.map((n) => n.id)]),
    ).toEqual([
      [id(100), [id(1)], [id(2)]],
      [id(101), [], [id(3)]],
    ]);
  });

  it("is the configuration in force without a canary", () => {
    const control = document([100, [node(1)]]);
    expect(sharedPools(control, undefined)).toEqual([{ pool: control.pools[0], canaryNodes: [] }]);
  });

  it("refuses a canary that moves a node or gives it another address, and tells where", () => {
    const control = document([100, [node(1), node(2)]], [101, []]);
    expect(canaryFaults(control, document([100, [node(1, "http://10.9.9.9:80")]], [101, [node(2)]]))).toMatchObject([
      { path: ["pools", 0, "nodes", 0, "url"], code: "canary-needs-same-node" },
      { path: ["pools", 1, "nodes", 0], code: "canary-needs-same-node" },
    ]);
    expect(canaryFaults(control, document([100, [node(1), node(3)]]))).toEqual([]);
  });
});
