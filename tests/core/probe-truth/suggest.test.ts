import { describe, expect, it } from "vitest";
import { HealthCheck, PoolInput } from "#lib/contracts/config.ts";
import { suggestDeeper, suggestMilder } from "#lib/core/probe-truth/suggest.ts";

type Input = Parameters<typeof suggestDeeper>[0];
const deeper = (check: object, cause: string, more: Partial<Input> = {}) =>
  suggestDeeper({
    ...{ isEjectionOn: true, failingPath: null, p99Ms: null, causes: [{ cause, count: 9 }] },
    ...{ check: HealthCheck.parse(check), ...more },
  });
const path = (name: string, value: unknown) => ({ path: `healthCheck.${name}`, value });

describe("what is suggested for a shallow probe", () => {
  it.each([
    ["checks, where there are none", { enabled: false }, "status-500", {}, "turn-on", [path("enabled", true)]],
    [
      "HTTP, and the path that fails, where only a connection is made",
      { http: { enabled: false } },
      "status-500",
      { failingPath: "/pay" },
      "level-http",
      [path("http.enabled", true), path("http.path", "/pay")],
    ],
    [
      "statuses, where those that requests failed with are let through",
      { http: { statuses: [{ from: 100, to: 599 }] } },
      "status-502",
      {},
      "statuses",
      [path("http.statuses", [{ from: 100, to: 499 }])],
    ],
    ["the path that fails", {}, "status-500", { failingPath: "/pay" }, "path", [path("http.path", "/pay")]],
    [
      "a time-out of three times the P99",
      {},
      "first-byte-timeout",
      { p99Ms: 41 },
      "time-out",
      [path("http.timeoutMs", 130)],
    ],
    [
      "business validation, where HTTP asks already",
      {},
      "status-500",
      {},
      "level-business",
      [path("business.enabled", true)],
    ],
    ["gRPC's own check", {}, "grpc-unavailable", {}, "level-grpc", [path("grpc.enabled", true)]],
    [
      "a shorter interval, where connections fail in between",
      {},
      "connect-refused",
      {},
      "interval",
      [path("intervalMs", 2_500)],
    ],
    [
      "fewer falls, where the interval is short",
      { intervalMs: 1_000 },
      "connect-refused",
      {},
      "fall",
      [path("fall", 2)],
    ],
  ])("is %s", (_, check, cause, more, code, settings) => {
    expect(deeper(check, cause, more)).toEqual({ code, settings });
  });

  it("is ejection by real traffic, where that is off and no deeper request is known", () => {
    expect(deeper({}, "connect-refused", { isEjectionOn: false })).toEqual({
      code: "passive",
      settings: [{ path: "ejection.enabled", value: true }],
    });
  });

  it("never is a time-out that is longer than the one there is", () => {
    expect(deeper({}, "first-byte-timeout", { p99Ms: 1_000 }).code).toBe("level-business");
    expect(deeper({}, "first-byte-timeout", { p99Ms: 900 }).settings[0]?.value).toBe(2_700);
  });
});

describe("what is suggested for a strict probe", () => {
  it("is to accept the status, to wait longer, or to count more failures", () => {
    const check = HealthCheck.parse({});
    expect(suggestMilder(check, ["status-503"], null).settings).toEqual([
      path("http.statuses", [
        { from: 100, to: 499 },
        { from: 503, to: 503 },
      ]),
    ]);
    expect(suggestMilder(check, ["connect-timeout"], 20).settings).toEqual([path("timeoutMs", 6_000)]);
    expect(suggestMilder(check, ["connect-refused"], 20).settings).toEqual([path("fall", 5)]);
  });
});

describe("every suggestion", () => {
  it("is one that the pool's settings take", () => {
    const pool = PoolInput.parse({ name: "p", algorithm: "least-connections" });
    const checks = [
      { enabled: false },
      { http: { enabled: false } },
      { http: { statuses: [{ from: 500, to: 500 }] } },
      {},
    ];
    for (const check of checks)
      for (const cause of ["status-500", "first-byte-timeout", "connect-refused", "grpc-unavailable", "bad-answer"])
        for (const { path: at, value } of deeper(check, cause, { failingPath: "/x", p99Ms: 10 }).settings) {
          const nested = at.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
          expect(() =>
            PoolInput.parse(merged({ ...pool, healthCheck: HealthCheck.parse(check) }, nested)),
          ).not.toThrow();
        }
  });
});

function merged(base: unknown, patch: unknown): unknown {
  if (typeof base !== "object" || typeof patch !== "object" || base === null || patch === null || Array.isArray(patch))
    return patch;
  const all = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) all[key] = merged(all[key], value);
  return all;
}
