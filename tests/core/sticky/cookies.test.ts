import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cookieAttributes, cookieExpiry, givenCookie, takeCookie } from "#lib/core/sticky/cookies.ts";

describe("a cookie taken out of a list", () => {
  test.each([
    ["srv_id=a", ["a"], ""],
    ["x=1; srv_id=a; y=2", ["a"], "x=1; y=2"],
    ["srv_id=a;x=1", ["a"], "x=1"],
    ["x=1;srv_id=a", ["a"], "x=1"],
    ["  srv_id = a ;\ty=2", ["a"], "y=2"],
    ["srv_id=a; srv_id=b; x=1", ["a", "b"], "x=1"],
    ["srv_id=", [""], ""],
    ["srv_id=a=b", ["a=b"], ""],
    ['srv_id="a"; x=1', ['"a"'], "x=1"],
    ["; ;srv_id=a; ;", ["a"], ""],
  ])("%j: its values, and the list without it", (list, values, rest) => {
    expect(takeCookie(list, "srv_id")).toEqual({ values, rest });
  });

  test.each([
    [""],
    ["x=1"],
    ["srv_id"],
    ["SRV_ID=a"],
    ["xsrv_id=a"],
    ["srv_idx=a"],
    ["x=srv_id=a"],
    ["x=1, srv_id=a"],
    ["=srv_id"],
  ])("%j has none of that name", (list) => {
    expect(takeCookie(list, "srv_id")).toBeNull();
  });

  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/);
  const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,12}$/);
  const pair = fc.tuple(name, value);

  test("leaves every other pair as it was, in order, and takes all of its own", () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), name, (pairs, wanted) => {
        const list = pairs.map(([key, text]) => `${key}=${text}`).join("; ");
        const taken = takeCookie(list, wanted);
        const own = pairs.filter(([key]) => key === wanted).map(([, text]) => text);
        const others = pairs.filter(([key]) => key !== wanted).map(([key, text]) => `${key}=${text}`);
        expect(taken).toEqual(own.length === 0 ? null : { values: own, rest: others.join("; ") });
      }),
    );
  });

  test("is never found in what is left, whatever the client sent", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\t -~]{0,60}$/), (noise) => {
        const taken = takeCookie(`${noise};srv_id=x`, "srv_id");
        expect(taken?.values.at(-1)).toBe("x");
        expect(takeCookie(taken?.rest ?? "", "srv_id")).toBeNull();
      }),
    );
  });
});

describe("a cookie that an answer gives", () => {
  const nowMs = Date.parse("2026-11-27T12:00:00Z");
  test.each([
    ["sid=a", "a"],
    ["sid=a; Path=/; HttpOnly", "a"],
    [" sid = a ;Secure", "a"],
    ["sid=a=b; Max-Age=1", "a=b"],
    ["sid=a; Expires=Fri, 27 Nov 2026 12:00:01 GMT", "a"],
    ["sid=a; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a"],
    ["sid=a; Max-Age=rubbish; Expires=rubbish", "a"],
    ["other=1", null],
    ["SID=a", null],
    ["sid", null],
    ["x=1; sid=a", null],
    ["sid=", null],
    ["sid=; Path=/", null],
    ["sid=a; Max-Age=0", null],
    ["sid=a; max-age = -1", null],
    ["sid=a; Expires=Fri, 27 Nov 2026 12:00:00 GMT", null],
    ["sid=a; Max-Age=0; Expires=Fri, 27 Nov 2099 12:00:00 GMT", null],
  ])("%j gives sid the value %j", (field, given) => {
    expect(givenCookie(field, "sid", nowMs)).toBe(given);
  });

  test("expires at its time, and not a second sooner", () => {
    const field = "sid=a; Expires=Fri, 27 Nov 2026 12:00:00 GMT";
    expect(givenCookie(field, "sid", nowMs - 1)).toBe("a");
    expect(givenCookie(field, "sid", nowMs)).toBeNull();
  });
});

describe("a cookie's attributes", () => {
  const plain = { expiresMs: 0, domain: "", path: "/", sameSite: "lax", httpOnly: true } as const;
  test.each([
    [plain, "; Path=/; HttpOnly; SameSite=Lax"],
    [
      { ...plain, domain: "example.org", path: "/app", httpOnly: false },
      "; Domain=example.org; Path=/app; SameSite=Lax",
    ],
    [{ ...plain, sameSite: "strict" as const }, "; Path=/; HttpOnly; SameSite=Strict"],
    [{ ...plain, sameSite: "none" as const }, "; Path=/; HttpOnly; SameSite=None"],
  ])("%j", (attributes, text) => {
    expect(cookieAttributes(attributes)).toBe(text);
  });

  test("say until when it is kept, unless it ends with the browser's session", () => {
    expect(cookieExpiry(0, 0)).toBe("");
    expect(cookieExpiry(3_600_000, Date.parse("2026-11-27T12:00:00Z"))).toBe(
      "; Max-Age=3600; Expires=Fri, 27 Nov 2026 13:00:00 GMT",
    );
  });
});
