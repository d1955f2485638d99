import { describe, expect, test } from "vitest";
import { NodeInput } from "#lib/contracts/config.ts";
import { faultsOf } from "#lib/core/faults.ts";
import { type Credentials, compileCredentials, queryWith } from "#lib/core/routing/credentials.ts";

const query = (name: string, value: string) => ({ in: "query" as const, name, value: { value } });
const compiled = (...credentials: Parameters<typeof compileCredentials>[0]) =>
  compileCredentials(credentials) as Credentials;

test("no credentials are nothing", () => expect(compileCredentials([])).toBeNull());

describe("a parameter", () => {
  const key = compiled(query("key", "s&c=r?t é"));
  test.each([
    ["", "?key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?", "?key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?a=1", "?a=1&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?a=1&", "?a=1&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?key=theirs", "?key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?a=1&key=theirs&b=2", "?a=1&b=2&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?key", "?key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?k%65y=x&%6bEy=kept&KEY=kept", "?%6bEy=kept&KEY=kept&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?a=1;key=theirs;b=2", "?a=1;b=2&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?a=key&akey=1&keys=2", "?a=key&akey=1&keys=2&key=s%26c%3Dr%3Ft%20%C3%A9"],
    ["?%zz=1&%=2", "?%zz=1&%=2&key=s%26c%3Dr%3Ft%20%C3%A9"],
  ])("stands in %s once, and everything else as it was: %s", (given, expected) => {
    expect(queryWith(given, key)).toBe(expected);
  });
  test("of a name with spaces or letters of other scripts takes the place of every way to write it", () => {
    const spaced = compiled(query("a ключ", "1"));
    expect(queryWith("?a+%D0%BA%D0%BB%D1%8E%D1%87=2&a%20%d0%ba%d0%bb%d1%8e%d1%87=3", spaced)).toBe(
      "?a%20%D0%BA%D0%BB%D1%8E%D1%87=1",
    );
  });
  test("cannot end the target: what steers a request line is encoded", () => {
    expect(compiled(query("k", " HTTP/1.1#!'()*")).query).toBe("k=%20HTTP%2F1.1%23%21%27%28%29%2A");
  });
});

describe("is refused, at its place:", () => {
  const faults = (...credentials: object[]) => {
    const parsed = NodeInput.safeParse({ name: "n", url: "http://n", credentials });
    return parsed.success ? [] : [...new Set(faultsOf(parsed.error).map(({ path }) => path.join(".")))];
  };
  const header = (name: string, value: unknown = "v") => ({ in: "header", name, value });
  test.each([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "proxy-authorization",
    "via",
    "expect",
    "x-forwarded-for",
    "x-request-id",
    "a name",
    "a:b",
    "",
    "a\r\nb",
  ])("a header called %j", (name) => expect(faults(header(name))).toEqual(["credentials.0.name"]));
  test.each(["a\r\nb: c", "a\nb", "a\0", "é", "", " a", "x".repeat(4_097)])("the header's value %j", (value) => {
    expect(faults(header("authorization", value))).toEqual(["credentials.0.value"]);
    expect(faults(header("authorization", { value }))).toEqual(["credentials.0.value.value"]);
  });
  test.each([1, null, {}, { secret: "no id" }, { value: "a", secret: "b" }, { secret: null }])(
    "%j instead of a secret",
    (value) =>
      expect(faults(header("authorization", value)).every((at) => at.startsWith("credentials.0.value"))).toBe(true),
  );
  test("two for one name, and more than ten", () => {
    expect(faults(header("Authorization"), header("authorization"))).toEqual(["credentials.1.name"]);
    expect(faults(header("key"), { ...header("key"), in: "query" })).toEqual([]);
    expect(faults(...Array.from({ length: 11 }, (_, n) => header(`x-${n}`)))).toEqual(["credentials"]);
  });
});
