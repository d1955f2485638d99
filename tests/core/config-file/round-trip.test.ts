import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConfigDocument, EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { ConfigFile } from "#lib/contracts/config-file.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { resolveFile } from "#lib/core/config-file/resolve.ts";
import { writeFile } from "#lib/core/config-file/write.ts";
import { anyConfig } from "#tests/support/any-config.ts";

let nextId = 0;
const newId = () => `00000000-0000-4000-8000-${String(++nextId).padStart(12, "0")}`;
const read = (document: ConfigDocument, file: unknown, prune = true) => {
  const resolved = resolveFile(document, ConfigFile.parse(file), { prune, newId });
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.faults));
  return resolved;
};
const written = (document: ConfigDocument, ids = true) => JSON.parse(JSON.stringify(writeFile(document, { ids })));

type Listed = { name?: string; match?: unknown; nodes?: Listed[] };
const sorted = (list: Listed[]) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
const key = ({ name, match }: Listed) => JSON.stringify([name, match]);
/** The order in a file says nothing. */
const inOneOrder = ({ proxy, pools, routes }: { proxy: unknown; pools: Listed[]; routes: Listed[] }) => ({
  proxy,
  pools: sorted(pools).map(({ nodes = [], ...pool }) => ({ ...pool, nodes: sorted(nodes) })),
  routes: sorted(routes),
});

describe("a file of a configuration", () => {
  it("makes the very same configuration on an empty installation, ids and all", () => {
    fc.assert(
      fc.property(anyConfig, (document) => {
        expect(read(EMPTY_CONFIG, written(document)).document).toEqual(document);
      }),
    );
  });
  it("changes nothing where it comes from, with ids or without, pruning or not", () => {
    fc.assert(
      fc.property(anyConfig, fc.boolean(), fc.boolean(), (document, ids, prune) => {
        const { operations, document: next, omitted } = read(document, written(document, ids), prune);
        expect([operations, omitted]).toEqual([[], []]);
        expect(next).toBe(document);
      }),
    );
  });
  it("is written the same again after it was read", () => {
    fc.assert(
      fc.property(anyConfig, (document) => {
        expect(written(read(EMPTY_CONFIG, written(document)).document)).toEqual(written(document));
      }),
    );
  });
  it("makes of any other configuration what it was written from, by operations that any publish may carry out", () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (before, after) => {
        const { operations, document } = read(before, written(after, false));
        expect(inOneOrder(written(document, false))).toEqual(inOneOrder(written(after, false)));
        expect(applyOperations(before, operations)).toEqual({ ok: true, document });
        const names = new Map(before.pools.map(({ id, name }) => [nameKey(name), id]));
        for (const { id, name } of document.pools) expect(names.get(nameKey(name)) ?? id).toBe(id);
      }),
    );
  });
  it("without prune deletes nothing", () => {
    fc.assert(
      fc.property(anyConfig, (before) => {
        const { document, omitted } = read(before, { proxy: {}, pools: [], routes: [] }, false);
        expect([document.pools, document.routes]).toEqual([before.pools, before.routes]);
        expect(omitted).toHaveLength(before.pools.length + before.routes.length);
      }),
    );
  });
});
