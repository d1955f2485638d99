// What the tables let be stored is what the contracts know: a state that only one of them has cannot be written, or read.
import { expect, it } from "vitest";
import { ROLES } from "#lib/contracts/common.ts";
import { ALGORITHMS } from "#lib/contracts/config/pool.ts";
import { ADMIN_STATES, BreakerState, EjectionState, HealthState } from "#lib/contracts/runtime.ts";
import { db } from "#lib/store/db.ts";
import { serveApi } from "./harness.ts";

serveApi();

const statesOf = (union: typeof EjectionState | typeof BreakerState): string[] =>
  union.options.map(({ shape }) => shape.state.value);

it.each<[string, readonly string[]]>([
  ["pool_algorithm_check", ALGORITHMS],
  ["node_admin_state_check", ADMIN_STATES],
  ["node_health_check", HealthState.shape.state.options],
  ["node_ejection_check", statesOf(EjectionState)],
  ["node_breaker_check", statesOf(BreakerState)],
  ["user_role_check", ROLES],
  ["api_token_role_check", ROLES],
])("%s lets every value of its contract be stored, and nothing else", async (name, values) => {
  const [row] = await db().$queryRaw<{ text: string }[]>`
    SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = ${name}`;
  expect([...(row?.text ?? "").matchAll(/'([^']*)'/g)].map(([, value]) => value)).toEqual([...values]);
});
