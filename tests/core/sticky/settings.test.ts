import { describe, expect, test } from "vitest";
import { PoolInput, Stickiness } from "#lib/contracts/config.ts";

const faultsOf = (stickiness: object) => {
  const parsed = Stickiness.safeParse(stickiness);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."));
};

describe("stickiness", () => {
  test("is off in pools that say nothing of it, as those stored before there was any", () => {
    expect(PoolInput.parse({ name: "a", algorithm: "least-time" }).stickiness).toEqual({ mode: "off" });
  });

  test.each([
    [{ mode: "cookie" }, []],
    [{ mode: "cookie", name: "__Host-s", secure: "always" }, []],
    [{ mode: "cookie", name: "__Host-s", secure: "always", path: "/a", domain: "a.org" }, ["domain", "path"]],
    [{ mode: "cookie", name: "__Secure-s" }, ["secure"]],
    [{ mode: "cookie", sameSite: "none", secure: "never" }, ["secure"]],
    [{ mode: "cookie", sameSite: "none" }, []],
    [{ mode: "cookie", name: "a b" }, ["name"]],
    [{ mode: "cookie", path: "/;HttpOnly" }, ["path"]],
    [{ mode: "cookie", domain: "a.org; Secure" }, ["domain"]],
    [{ mode: "cookie", expiresMs: 1_500 }, ["expiresMs"]],
    [{ mode: "learn" }, ["tokenName"]],
    [{ mode: "learn", tokenName: "JSESSIONID" }, []],
    [{ mode: "learn", from: "query", tokenName: "user[id]" }, []],
    [{ mode: "learn", from: "header", tokenName: "user[id]" }, ["tokenName"]],
    [{ mode: "learn", from: "query", tokenName: "user[id]", answerFrom: "header" }, ["answerName"]],
    [{ mode: "learn", from: "query", tokenName: "sid", answerFrom: "header", answerName: "a:b" }, ["answerName"]],
    [{ mode: "learn", tokenName: "sid", name: "x" }, [""]],
  ])("%j is told its faults at their fields: %j", (stickiness, faults) => {
    expect(faultsOf(stickiness)).toEqual(faults);
  });
});
