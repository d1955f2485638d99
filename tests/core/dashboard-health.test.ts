import { describe, expect, it } from "vitest";
import { settingPath, toPoolInput, toValues, unreadable } from "#components/pools/setting-values.ts";
import { changedFields } from "#lib/client/forms.ts";
import { HealthCheck, PoolInput } from "#lib/contracts/config.ts";

const POOL = PoolInput.parse({ name: "orders", algorithm: "least-connections" });

describe("the form of a health check", () => {
  it("keeps every part of a health check over the form, rhythms of its own or none", () => {
    const healthCheck = HealthCheck.parse({
      tcp: { intervalMs: 1_000 },
      http: {
        method: "POST",
        headers: { "x-key": "a: b", "x-secret": { secret: "00000000-0000-4000-8000-000000000001" } },
        body: "{}",
      },
      business: {
        enabled: true,
        expect: [
          { kind: "header-matches", name: "x-ready", pattern: "^y" },
          { kind: "header-equals", name: "x-ready", value: "12" },
          { kind: "body-contains", text: "ok" },
          { kind: "body-matches", pattern: "o+k" },
          { kind: "json-exists", path: "$.a" },
          ...["ok", "12", "true", "null", 'a "quoted" word', 12, true, null].map((value) => ({
            kind: "json-equals",
            path: "$.a",
            value,
          })),
          { kind: "json-above", path: "$.n", value: 1.5 },
        ],
      },
    });
    const pool = { ...POOL, healthCheck };
    expect(changedFields(pool, toPoolInput(toValues(pool)))).toEqual({});
    expect(unreadable(toValues(pool))).toEqual([]);
  });

  it("tells faults of a health check where they were typed", () => {
    const values = toValues(POOL);
    const http = { ...values.healthCheck.http, headers: [{ name: "no name", value: "a" }], statuses: "2xx" };
    const faults = unreadable({ ...values, healthCheck: { ...values.healthCheck, http } });
    expect(faults.map(({ path }) => path.join("."))).toEqual([
      "healthCheck.http.statuses",
      "healthCheck.http.headers.0.name",
    ]);
    expect(settingPath(["healthCheck", "business", "expect", 2, "pattern"])).toBe(
      "healthCheck.business.expect.2.operand",
    );
    expect(settingPath(["healthCheck", "business", "expect", 2, "path"])).toBe("healthCheck.business.expect.2.subject");
    const headers = [
      { name: "x-b", value: "1" },
      { name: "X-A", value: "2" },
    ];
    const given = { ...values, healthCheck: { ...values.healthCheck, http: { ...values.healthCheck.http, headers } } };
    expect(settingPath(["healthCheck", "http", "headers", "x-a"], given)).toBe("healthCheck.http.headers.1.value");
  });

  it("takes an emptied interval of a level as that of the whole", () => {
    const values = toValues(POOL);
    const tcp = { ...values.healthCheck.tcp, intervalMs: "" };
    expect(
      toPoolInput({ ...values, healthCheck: { ...values.healthCheck, tcp } }).healthCheck.tcp.intervalMs,
    ).toBeNull();
  });
});
