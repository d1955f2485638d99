import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { applyOperation } from "#lib/core/config/apply.ts";
import { Workbench } from "#lib/core/config/workbench.ts";
import { frozen, id, node, PAYMENTS, pool, ROUTE_V1, route, SEARCH, sample } from "./sample.ts";

const document = frozen(sample());
const nodeIds = [...document.pools.flatMap(({ nodes }) => nodes.map((one) => one.id)), id(100), id(101), id(102)];
const poolId = fc.constantFrom(PAYMENTS, SEARCH, id(90), id(91));
const nodeId = fc.constantFrom(...nodeIds);
const weight = fc.integer({ min: 1, max: 3 });
const operation: fc.Arbitrary<ConfigOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant("node.create" as const), id: nodeId, poolId, node: fc.constant(node()) }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant("node.delete" as const), id: nodeId }) },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constant("node.update" as const), id: nodeId, patch: fc.record({ weight }) }),
  },
  fc.record({ op: fc.constant("pool.create" as const), id: poolId, pool: fc.constant(pool({ name: "made" })) }),
  fc.record({ op: fc.constant("pool.delete" as const), id: poolId }),
  fc.record({
    op: fc.constant("pool.update" as const),
    id: poolId,
    patch: fc.record({ drainTimeoutMs: fc.constantFrom(1_000, 2_000) }),
  }),
  fc.constant<ConfigOperation>({ op: "route.delete", id: ROUTE_V1 }),
  fc.constant<ConfigOperation>({ op: "route.create", id: ROUTE_V1, route: route({ poolId: PAYMENTS }) }),
  fc.constant<ConfigOperation>({ op: "document.replace", document }),
);

test("many operations on one workbench do what they do each on one of its own, also where ids are there twice", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const bench = new Workbench(document);
      let alone: ConfigDocument = document;
      for (const each of operations) {
        // Two pools of one id are refused whatever is done with them.
        if (each.op === "pool.create" && alone.pools.some((one) => one.id === each.id)) continue;
        const refused = bench.apply(each);
        const step = applyOperation(alone, each);
        expect(refused).toEqual(step.ok ? null : step);
        if (step.ok) alone = step.document;
      }
      expect(bench.document()).toEqual(alone);
    }),
    { numRuns: 300 },
  );
});

test("what was not worked on stays the very same object", () => {
  const bench = new Workbench(document);
  expect(bench.document()).toBe(document);
  const [first] = document.pools[0]?.nodes ?? [];
  bench.apply({ op: "node.update", id: first?.id ?? "", patch: { weight: first?.weight } });
  expect(bench.document()).toBe(document);
  bench.apply({ op: "node.update", id: first?.id ?? "", patch: { weight: 77 } });
  const next = bench.document();
  expect(next.pools[0]?.nodes[0]).toMatchObject({ weight: 77 });
  expect(next.pools[0]?.nodes.slice(1).every((one, at) => one === document.pools[0]?.nodes[at + 1])).toBe(true);
  expect([next.pools[1], next.routes, next.proxy]).toEqual([document.pools[1], document.routes, document.proxy]);
  expect(next.pools[1]).toBe(document.pools[1]);
});
