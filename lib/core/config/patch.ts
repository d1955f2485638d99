// Patches: a subset of an entity's fields, laid over it and parsed by the schema of its input. Settings groups are merged
// one level, so `{breaker: {openMs: 1}}` keeps the other breaker settings; everything else is replaced whole.
import type { z } from "zod";
import { CHECK_LEVELS, type Patch } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { faultsOf } from "../faults.ts";
import { isRecord, sameValue } from "./same.ts";

/** Settings groups of a pool and of the proxy; each is an object of its own settings. */
export const SETTINGS_GROUPS = [
  "healthCheck",
  "breaker",
  "ejection",
  "cooling",
  "zonePreference",
  "dynamicWeights",
  "degrade",
  "adaptiveConcurrency",
  "retry",
  "warmUp",
  "timeouts",
  "keepAlive",
  "hedge",
  "clientLimits",
  "forwarding",
  "tlsListener",
  "tls",
  "proxyProtocol",
  "connections",
  "recording",
  "resources",
  "accessLog",
  "tracing",
  "alertRules",
] as const;

/** Groups inside a group: the levels of the health check. */
export const NESTED_GROUPS: Readonly<Record<string, readonly string[]>> = { healthCheck: CHECK_LEVELS };

/** Groups whose members come and go: null in a patch removes one. */
const OPEN_GROUPS: readonly string[] = ["alertRules"];

/** Whether a field, by its path, is a member of such a group. */
export const isRemovable = (path: string): boolean => OPEN_GROUPS.some((group) => path.startsWith(`${group}.`));

/** Fields of an entity that no input has: they are not the editor's to change. */
const FIXED_FIELDS = ["id", "nodes"];

export type Patched<T> = { ok: true; value: T } | { ok: false; faults: Fault[] };

/** Lays `patch` over `fields` (an entity without its id) and parses the result. The same `fields` come back if nothing changes. */
export function applyPatch<T extends object>(schema: z.ZodType<T>, fields: T, patch: Patch): Patched<T> {
  const parsed = schema.safeParse(mergePatch(fields as Record<string, unknown>, patch));
  if (parsed.success) return { ok: true, value: sameValue(parsed.data, fields) ? fields : parsed.data };
  const faults = faultsOf(parsed.error).map((fault) =>
    fault.path.length === 1 && FIXED_FIELDS.includes(String(fault.path[0]))
      ? { ...fault, message: "cannot be changed by a patch" }
      : fault,
  );
  return { ok: false, faults };
}

function mergePatch(fields: Record<string, unknown>, patch: Patch): Record<string, unknown> {
  const merged = { ...fields, ...patch };
  for (const group of SETTINGS_GROUPS) {
    const present = fields[group];
    const given = patch[group];
    if (!isRecord(present) || !isRecord(given)) continue;
    const inner: Record<string, unknown> = { ...present, ...given };
    for (const nested of NESTED_GROUPS[group] ?? []) {
      const [before, after] = [present[nested], given[nested]];
      if (isRecord(before) && isRecord(after)) inner[nested] = { ...before, ...after };
    }
    if (OPEN_GROUPS.includes(group))
      for (const [key, value] of Object.entries(inner)) if (value === null) delete inner[key];
    merged[group] = inner;
  }
  return merged;
}
