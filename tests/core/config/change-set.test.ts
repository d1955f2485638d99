import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { operationsBetween } from "#lib/core/config/change-set/between.ts";
import { fieldsOf, findEntity, targetOf } from "#lib/core/config/change-set/entities.ts";
import { record } from "#lib/core/config/change-set/record.ts";
import { takeMine, takeTheirs } from "#lib/core/config/change-set/resolve.ts";
import { stage } from "#lib/core/config/change-set/stage.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import { id, NEW, node, PAYMENTS, ROUTE_ADMIN, SEARCH, SG_1, SG_2, sample } from "./sample.ts";

type Edit = { id: string; field: "weight" | "maxInFlight" | "zone"; value: number };
const edit = fc.record({
  id: fc.constantFrom(SG_1, SG_2),
  field: fc.constantFrom("weight" as const, "maxInFlight" as const, "zone" as const),
  value: fc.integer({ min: 0, max: 5 }),
});
const edits = fc.array(edit, { maxLength: 8 });
const toOperation = ({ id: nodeId, field, value }: Edit): ConfigOperation => ({
  op: "node.update",
  id: nodeId,
  patch: { [field]: field === "zone" ? `z${value}` : value },
});

function applied(document: ConfigDocument, operations: ConfigOperation[]): ConfigDocument {
  const result = applyOperations(document, operations);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.document;
}
function recorded(head: ConfigDocument, operations: ConfigOperation[]): StagedOperation[] {
  let document = head;
  const entries: StagedOperation[] = [];
  for (const operation of operations) {
    const recording = record(head, document, entries, operation);
    if (!recording.ok) throw new Error(JSON.stringify(recording.faults));
    document = recording.document;
    for (const each of recording.recorded)
      entries.push({ ...each, id: id(1_000 + entries.length), base: 1, by: "me", at: "2026-01-01T00:00:00Z" });
  }
  return entries;
}
const fieldOf = (document: ConfigDocument, { id: nodeId, field }: Edit) =>
  fieldsOf(findEntity(document, { kind: "node", id: nodeId }) as never).get(field);

describe("a change set over what others published", () => {
  it("merges edits of different fields the same way, whoever publishes first", () => {
    fc.assert(
      fc.property(edits, edits, (mine, theirs) => {
        const taken = new Set(mine.map((each) => each.id + each.field));
        const others = theirs.filter((each) => !taken.has(each.id + each.field));
        const base = sample();
        const [a, b] = [mine.map(toOperation), others.map(toOperation)];
        const first = stage(applied(base, b), recorded(base, a));
        const second = stage(applied(base, a), recorded(base, b));
        expect([first.conflicts, second.conflicts]).toEqual([[], []]);
        expect(first.document).toEqual(second.document);
      }),
    );
  });

  it("loses no edit of either side: each field is as somebody set it, or a conflict with both", () => {
    fc.assert(
      fc.property(edits, edits, (mine, theirs) => {
        const base = sample();
        const head = applied(base, theirs.map(toOperation));
        const own = applied(base, mine.map(toOperation));
        const entries = recorded(base, mine.map(toOperation));
        const { document, conflicts } = stage(head, entries);
        for (const each of [...mine, ...theirs]) {
          const [was, ours, others] = [fieldOf(base, each), fieldOf(own, each), fieldOf(head, each)];
          const clash = conflicts.find(({ entityId, path }) => entityId === each.id && path === each.field);
          // What was changed and set back was decided on, too.
          const isMine = entries.some(
            ({ operation, seen }) =>
              "id" in operation && operation.id === each.id && seen.some(({ path }) => path === each.field),
          );
          if (isMine && others !== was && ours !== others)
            expect(clash).toMatchObject({ base: was, theirs: others, mine: ours });
          else {
            expect(clash).toBeUndefined();
            expect(fieldOf(document, each)).toBe(isMine ? ours : others);
          }
        }
      }),
    );
  });

  it("has no conflicts left, and one side of each, once all are resolved", () => {
    fc.assert(
      fc.property(edits, edits, fc.infiniteStream(fc.boolean()), (mine, theirs, choices) => {
        const base = sample();
        const head = applied(base, theirs.map(toOperation));
        let entries = recorded(base, mine.map(toOperation));
        const expected = stage(head, entries).conflicts.map((conflict) => {
          const isMine = choices.next().value;
          entries = isMine ? (takeMine(head, entries, conflict, null) ?? []) : takeTheirs(entries, conflict);
          return { conflict, value: isMine ? conflict.mine : conflict.theirs };
        });
        const { document, conflicts } = stage(head, entries);
        expect(conflicts).toEqual([]);
        for (const { conflict, value } of expected) {
          const entity = findEntity(document, { kind: conflict.kind, id: conflict.entityId });
          expect(fieldsOf(entity as never).get(conflict.path)).toEqual(value);
        }
      }),
    );
  });

  it("keeps of a patch only what it changes, so that the rest stays others'", () => {
    const patch = { weight: 5, maxInFlight: 9, name: "sg-1" };
    const [entry] = recorded(sample(), [{ op: "node.update", id: SG_1, patch }]);
    expect(entry).toMatchObject({
      operation: { patch: { maxInFlight: 9 } },
      seen: [{ path: "maxInFlight", value: 0 }],
    });
    expect(recorded(sample(), [{ op: "pool.update", id: PAYMENTS, patch: { name: "payments" } }])).toEqual([]);
  });

  it("needs not remove what others removed, and tells what it would change of that", () => {
    const head = applied(sample(), [{ op: "node.delete", id: SG_1 }]);
    const removal = stage(head, recorded(sample(), [{ op: "node.delete", id: SG_1 }]));
    expect([removal.conflicts, removal.document]).toEqual([[], head]);
    const change = stage(head, recorded(sample(), [{ op: "node.update", id: SG_1, patch: { weight: 9 } }]));
    expect(change.conflicts).toMatchObject([
      { what: "removed-by-them", base: { weight: 5 }, theirs: null, mine: { weight: 9 } },
    ]);
    expect(change.faults.size).toBe(0);
  });

  it("tells every operation that breaks a rule, not only the first", () => {
    const { faults } = stage(
      sample(),
      recorded(sample(), [
        { op: "node.create", id: NEW, poolId: PAYMENTS, node: node({ name: "sg-1" }) },
        { op: "pool.update", id: SEARCH, patch: { name: "payments" } },
      ]),
    );
    expect([...faults.values()].map(({ code }) => code)).toEqual(["duplicate-name", "duplicate-name"]);
  });
});

describe("a roll-back in a change set", () => {
  it("comes to one operation for each entity that differs, and back to the same document", () => {
    const before = sample();
    const after = applied(before, [
      { op: "proxy.update", patch: { connections: {} } },
      { op: "node.update", id: SG_2, patch: { weight: 8 } },
      { op: "node.delete", id: SG_1 },
      { op: "node.create", id: NEW, poolId: SEARCH, node: node({ name: "eu-2" }) },
      { op: "pool.update", id: SEARCH, patch: { breaker: { openMs: 1_234 } } },
      { op: "route.delete", id: ROUTE_ADMIN },
    ]);
    const operations = operationsBetween(after, before);
    expect(operations.map(({ op }) => op).toSorted()).toEqual([
      "node.create",
      "node.delete",
      "node.update",
      "pool.update",
      "route.create",
    ]);
    expect(new Set(operations.map((operation) => targetOf(operation).id)).size).toBe(operations.length);
    // But for the order of what was made again.
    expect(diffConfig(applied(after, operations), before)).toEqual([]);
  });
});
