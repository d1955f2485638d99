import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigChange } from "#lib/contracts/bus.ts";
import {
  type ConfigDocument,
  EMPTY_CONFIG,
  NodeInput,
  PoolInput,
  type PublishedConfig,
} from "#lib/contracts/config.ts";
import { changeBetween, withChange } from "#lib/core/config/change.ts";

const idOf = (kind: number, at: number) => `00000000-0000-4000-800${kind}-${String(at).padStart(12, "0")}`;
const node = (at: number, weight: number) => ({
  id: idOf(1, at),
  ...NodeInput.parse({ name: `n${at}`, url: `http://10.0.${at >> 8}.${at & 255}:80`, weight }),
});
const pool = (at: number, drainMs: number, nodes: { at: number; weight: number }[]) => ({
  id: idOf(2, at),
  ...PoolInput.parse({ name: `p${at}`, algorithm: "least-connections", drainTimeoutMs: drainMs }),
  nodes: nodes.map((one) => node(at * 10 + one.at, one.weight)),
});

/** Documents over few ids, so that two of them have pools and nodes in common, changed, moved, added and gone. */
const document = fc
  .uniqueArray(
    fc.record({
      at: fc.nat(4),
      drainMs: fc.constantFrom(1_000, 2_000),
      nodes: fc.uniqueArray(fc.record({ at: fc.nat(4), weight: fc.integer({ min: 1, max: 3 }) }), {
        selector: ({ at }) => at,
      }),
    }),
    { selector: ({ at }) => at },
  )
  .map(
    (pools): ConfigDocument => ({
      ...EMPTY_CONFIG,
      pools: pools.map(({ at, drainMs, nodes }) => pool(at, drainMs, nodes)),
    }),
  );

/** `next` with the objects of `base` wherever they say the same, as control has it. */
function shared(base: ConfigDocument, next: ConfigDocument): ConfigDocument {
  const same = <T extends { id: string }>(items: readonly T[], now: T): T =>
    items.find((item) => JSON.stringify(item) === JSON.stringify(now)) ?? now;
  const pools = next.pools.map((one) => {
    const before = base.pools.find(({ id }) => id === one.id);
    return same(base.pools, { ...one, nodes: one.nodes.map((each) => same(before?.nodes ?? [], each)) });
  });
  return { ...next, pools };
}

/** Sealed values in the order of their ids, as control reads them; nothing when there are none. */
const secrets = fc
  .uniqueArray(fc.record({ at: fc.nat(4), sealed: fc.constantFrom("one", "two") }), { selector: ({ at }) => at })
  .map((list) =>
    list.sort((a, b) => a.at - b.at).map(({ at, sealed }) => ({ id: idOf(3, at), ownerId: idOf(1, 0), sealed })),
  )
  .map((list) => (list.length === 0 ? {} : { secrets: list }));

describe("what a revision changes", () => {
  it("makes the next one of the one before, over the bus as well, and keeps what stayed as the very same objects", () => {
    fc.assert(
      fc.property(document, document, secrets, secrets, (first, second, sealed, sealedNext) => {
        const base: PublishedConfig = { revision: 1, document: first, ...sealed };
        const next: PublishedConfig = { revision: 2, document: shared(first, second), ...sealedNext };
        const change = ConfigChange.parse(JSON.parse(JSON.stringify(changeBetween(base, next))));
        const made = withChange(base, change);
        expect(made).toStrictEqual(next);
        expect(change.secrets === undefined).toBe(isDeepStrictEqual(sealed, sealedNext));
        for (const [at, one] of next.document.pools.entries())
          if (first.pools.includes(one)) expect(made.document.pools[at]).toBe(one);
      }),
    );
  });

  it("is one node and its pool's settings when one node of a thousand has another weight", () => {
    const many = Array.from({ length: 1_000 }, (_, at) => node(at, 1));
    const document = { ...EMPTY_CONFIG, pools: [{ ...pool(0, 1_000, []), nodes: many }] };
    const [only] = document.pools;
    const other = { ...document, pools: [{ ...only, nodes: many.with(7, node(7, 2)) }] } as ConfigDocument;
    const change = changeBetween({ revision: 1, document }, { revision: 2, document: other });
    expect(change.nodes).toEqual([node(7, 2)]);
    expect(change).not.toHaveProperty("routes");
    expect(change).not.toHaveProperty("proxy");
  });

  it("does not fit another revision, nor one that lacks what it builds on", () => {
    const base: PublishedConfig = { revision: 1, document: EMPTY_CONFIG };
    const change = { base: 1, revision: 2, poolIds: [], pools: [], nodes: [] };
    expect(() => withChange(null, change)).toThrow("does not fit");
    expect(() => withChange({ ...base, revision: 3 }, change)).toThrow("does not fit");
    expect(() => withChange(base, { ...change, poolIds: [idOf(2, 1)] })).toThrow(idOf(2, 1));
  });
});
