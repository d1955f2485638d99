import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { convergenceOf, LATE_AFTER_MS, processStep, stepOf } from "#components/changes/convergence-steps.ts";
import { entityHref } from "#components/changes/sets/entity-href.ts";
import { publishBlocks } from "#components/changes/sets/publish-blocks.ts";
import { remembered } from "#lib/client/remembered.ts";
import type { ChangeSetDetail, OperationView, WarningView } from "#lib/contracts/change-sets.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { Conflict } from "#lib/contracts/publishing.ts";
import type { WorkerView } from "#lib/contracts/views.ts";
import { id, node, PAYMENTS, ROUTE_V1, SG_1 } from "./config/sample.ts";

const operation = (
  kind: OperationView["kind"],
  entityId: string,
  op: ConfigOperation,
  faults: OperationView["faults"] = [],
): OperationView => ({
  id: id(500),
  operation: op,
  base: 1,
  by: "ada",
  at: "2026-11-28T00:00:00Z",
  kind,
  entityId,
  name: "x",
  faults,
});
const EDIT = operation("node", SG_1, { op: "node.update", id: SG_1, patch: { weight: 2 } });
const CHANGE: ChangeSetDetail["changes"][number] = {
  kind: "node",
  change: "changed",
  id: SG_1,
  name: "payments / sg-1",
  fields: [{ path: "weight", before: 5, after: 2 }],
  pool: { id: PAYMENTS, name: "payments" },
  same: [],
};

describe("what stands between a change set and its publish", () => {
  const warning = (code: string, needsConfirmation: boolean): WarningView => ({
    id: code,
    code,
    message: code,
    path: [],
    poolId: null,
    nodeId: null,
    name: "",
    needsConfirmation,
  });
  const conflict = { id: "c" } as Conflict;
  const fault = { path: ["weight"], code: "too_big", message: "too big" };
  const clean = { operations: [EDIT], conflicts: [], warnings: [], changes: [CHANGE] };

  it("is nothing when it has no faults, conflicts or warnings, or all warnings are confirmed", () => {
    expect(publishBlocks(clean, new Set())).toEqual([]);
    const warned = { ...clean, warnings: [warning("a", true), warning("known", false)] };
    expect(publishBlocks(warned, new Set(["a"]))).toEqual([]);
  });

  it("are faults, then conflicts, then each warning that is not confirmed", () => {
    const blocked = {
      ...clean,
      operations: [EDIT, { ...EDIT, faults: [fault, fault] }],
      conflicts: [conflict],
      warnings: [warning("a", true), warning("b", true)],
    };
    expect(publishBlocks(blocked, new Set(["b"]))).toEqual([
      { kind: "faults", count: 1 },
      { kind: "conflicts", count: 1 },
      { kind: "warnings", count: 1 },
    ]);
  });

  it("is that nothing would change, where nothing else is wrong", () => {
    expect(publishBlocks({ ...clean, changes: [] }, new Set())).toEqual([{ kind: "nothing" }]);
    expect(publishBlocks({ ...clean, changes: [], conflicts: [conflict] }, new Set())).toEqual([
      { kind: "conflicts", count: 1 },
    ]);
  });
});

describe("links from a review to the form", () => {
  const changes = { changes: [CHANGE] };

  it("lead to the form of what is edited", () => {
    expect(entityHref(EDIT, changes)).toBe(`/pools/${PAYMENTS}?edit=${SG_1}`);
    const made = operation("node", id(9), { op: "node.create", id: id(9), poolId: PAYMENTS, node: node() });
    expect(entityHref(made, changes)).toBe(`/pools/${PAYMENTS}?edit=${id(9)}`);
    expect(entityHref(operation("route", ROUTE_V1, { op: "route.update", id: ROUTE_V1, patch: {} }), changes)).toBe(
      `/routes?edit=${ROUTE_V1}`,
    );
    expect(entityHref(operation("pool", PAYMENTS, { op: "pool.update", id: PAYMENTS, patch: {} }), changes)).toBe(
      `/pools/${PAYMENTS}?tab=config`,
    );
    expect(entityHref(operation("proxy", id(0), { op: "proxy.update", patch: {} }), changes)).toBe("/proxy");
  });

  it("are not there for what is deleted, or for a node whose pool is not known", () => {
    expect(entityHref(operation("node", SG_1, { op: "node.delete", id: SG_1 }), changes)).toBeNull();
    expect(entityHref(EDIT, { changes: [] })).toBeNull();
  });
});

describe("how far a worker is with a revision", () => {
  const worker = (over: Partial<WorkerView>): WorkerView => ({
    id: "w",
    host: "h",
    startedAt: "2026-11-28T00:00:00Z",
    heartbeatAt: "2026-11-28T00:00:00Z",
    state: "live",
    revision: 4,
    refusedRevision: null,
    refusal: null,
    revisionSince: null,
    behindSince: null,
    refusedSince: null,
    processes: [],
    proxyProcesses: 2,
    zone: "",
    ...over,
  });

  it("is told by what it runs, refused or no longer says", () => {
    expect(stepOf(worker({}), 4)).toBe("runs");
    expect(stepOf(worker({ revision: 5 }), 4)).toBe("runs");
    expect(stepOf(worker({}), 5)).toBe("waiting");
    expect(stepOf(worker({ revision: null }), 5)).toBe("waiting");
    expect(stepOf(worker({ refusedRevision: 5 }), 5)).toBe("refused");
    expect(stepOf(worker({ refusedRevision: 3 }), 5)).toBe("waiting");
    expect(stepOf(worker({ state: "lost", revision: 5 }), 5)).toBe("lost");
  });

  const BEHIND = "2026-11-28T00:00:10Z";
  const behindMs = Date.parse(BEHIND);

  it("is late once it has been behind for longer than its own look takes, and not a millisecond before", () => {
    const behind = worker({ behindSince: BEHIND });
    expect(stepOf(behind, 5, behindMs + LATE_AFTER_MS)).toBe("waiting");
    expect(stepOf(behind, 5, behindMs + LATE_AFTER_MS + 1)).toBe("late");
  });

  it("is told of each process: those that run it are not held back by those that do not", () => {
    expect([5, 6, 4, null].map((running) => processStep("waiting", running, 5))).toEqual([
      ...["runs", "runs"],
      ...["waiting", "waiting"],
    ]);
    expect(processStep("refused", 4, 5)).toBe("refused");
    expect(processStep("lost", 5, 5)).toBe("lost");
  });

  it("comes to an end when all live ones run it, and names who refuses it or is late", () => {
    const done = worker({ revision: 5, revisionSince: BEHIND });
    const all = (...workers: WorkerView[]) => convergenceOf(workers, 5, behindMs + LATE_AFTER_MS + 1);
    expect(all()).toEqual({ state: "none" });
    expect(all(worker({ state: "lost" }))).toEqual({ state: "none" });
    expect(all(done, worker({ state: "lost" }))).toEqual({ state: "done", total: 1, sinceMs: behindMs });
    expect(all(done, worker({ revision: 6 }))).toEqual({ state: "done", total: 2, sinceMs: null });
    expect(all(done, worker({}))).toEqual({ state: "waiting", running: 1, total: 2 });
    const late = worker({ host: "slow", behindSince: BEHIND });
    expect(all(done, late)).toEqual({ state: "late", running: 1, total: 2, hosts: ["slow"] });
    const refusing = worker({ host: "old", refusedRevision: 5 });
    expect(all(late, refusing)).toEqual({ state: "refused", running: 0, total: 2, hosts: ["old"] });
  });
});

describe("a remembered choice", () => {
  const stored = new Map<string, string>();
  const isForbidden = { value: false };
  beforeEach(() => {
    stored.clear();
    isForbidden.value = false;
    const guard = () => {
      if (isForbidden.value) throw new Error("forbidden");
    };
    vi.stubGlobal("window", {
      localStorage: {
        getItem: (key: string) => {
          guard();
          return stored.get(key) ?? null;
        },
        setItem: (key: string, value: string) => {
          guard();
          stored.set(key, value);
        },
      },
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const layout = () => remembered("layout", (text) => (text === "side" ? "side" : "inline"), String);

  it("is what was chosen last, in another visit too", () => {
    expect(layout().read()).toBe("inline");
    layout().choose("side");
    expect(layout().read()).toBe("side");
  });

  it("lasts as long as the page where nothing may be stored", () => {
    isForbidden.value = true;
    const here = layout();
    here.choose("side");
    expect([here.read(), layout().read()]).toEqual(["side", "inline"]);
  });
});
