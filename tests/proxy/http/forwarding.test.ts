import { describe, expect, test } from "vitest";
import { ForwardingSettings } from "#lib/contracts/config.ts";
import { forwardedElement, readForwarded } from "#workers/proxy/http/forwarded.ts";
import { forwardingRules, originOf } from "#workers/proxy/http/forwarding.ts";
import { isFault, parseRequestHead } from "#workers/proxy/http/request-head.ts";

const CLEAR = "X-Forwarded-Proto: http\r\n";
const TRUSTED = ["10.0.0.0/8", "2001:db8::/32"];

function origin(lines: string[], peer = "10.0.0.1", settings: object = {}, connection = CLEAR) {
  const head = parseRequestHead(`GET / HTTP/1.1\r\n${["Host: a.example", ...lines].join("\r\n")}\r\n\r\n`);
  const rules = forwardingRules(ForwardingSettings.parse({ trustedProxies: TRUSTED, ...settings }));
  if (isFault(head) || rules === null) throw new Error("not what this tests");
  const { address, fields } = originOf(head, peer, connection, rules);
  return { address, fields: fields.trimEnd().split("\r\n") };
}

describe("the client of a request", () => {
  const xff = (value: string) => [`X-Forwarded-For: ${value}`];
  test.each([
    [
      "is the peer, whatever it claims, when that is no trusted proxy",
      xff("192.0.2.1"),
      "198.51.100.7",
      "198.51.100.7",
    ],
    ["is the trusted peer itself when that tells nothing", [], "10.0.0.1", "10.0.0.1"],
    ["is the right-most that is not trusted", xff("1.1.1.1, 192.0.2.1, 10.3.3.3"), "10.0.0.1", "192.0.2.1"],
    ["is the left-most when all are trusted", xff("10.9.9.9, 10.3.3.3"), "10.0.0.1", "10.9.9.9"],
    ["is read from all fields as one list", [...xff("192.0.2.1"), ...xff("10.3.3.3")], "10.0.0.1", "192.0.2.1"],
    ["loses port and brackets", xff("[2001:dead::1]:443, 10.3.3.3:80"), "10.0.0.1", "2001:dead::1"],
    ["is not looked for behind a malformed entry", xff("192.0.2.1, unknown, 10.3.3.3"), "10.0.0.1", "10.3.3.3"],
    ["is the peer when the last entry is malformed", xff("192.0.2.1, 300.1.1.1"), "10.0.0.1", "10.0.0.1"],
    ["may come by Forwarded", ['Forwarded: for=192.0.2.1, for="[2001:db8::5]"'], "2001:db8::9", "192.0.2.1"],
    ["may not come by a malformed Forwarded", ["Forwarded: for=192.0.2.1;;by=x"], "10.0.0.1", "10.0.0.1"],
    [
      "comes by X-Forwarded-For where both are",
      [...xff("192.0.2.1"), "Forwarded: for=192.0.2.2"],
      "10.0.0.1",
      "192.0.2.1",
    ],
  ])("%s", (_what, lines, peer, expected) => expect(origin(lines, peer).address).toBe(expected));
});

describe("what nodes are told", () => {
  test("of an untrusted peer is the connection alone", () => {
    const lines = [
      "X-Forwarded-For: 1.1.1.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: evil",
      "Forwarded: for=1.1.1.1",
    ];
    expect(origin(lines, "192.0.2.1").fields).toEqual([
      "X-Forwarded-For: 192.0.2.1",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Host: a.example",
    ]);
  });
  test("by a trusted peer is kept, and its own address appended", () => {
    const lines = [
      "X-Forwarded-For: 192.0.2.1, 10.2.2.2",
      "X-Forwarded-Proto: HTTPS",
      "X-Forwarded-Host: shop.example:8443",
      'Forwarded: for=192.0.2.1;proto=https, for="_gw:1"',
    ];
    expect(origin(lines).fields).toEqual([
      "X-Forwarded-For: 192.0.2.1, 10.2.2.2, 10.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: shop.example:8443",
      'Forwarded: for=192.0.2.1;proto=https, for="_gw:1"',
    ]);
  });
  test("by a trusted peer is dropped where it is malformed or said twice", () => {
    const lines = [
      "X-Forwarded-For: <script>, 192.0.2.1",
      "X-Forwarded-Proto: https, http",
      "X-Forwarded-Host: a/b",
      "Forwarded: for=192.0.2.1;proto",
    ];
    expect(origin(lines).fields).toEqual([
      "X-Forwarded-For: 192.0.2.1, 10.0.0.1",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Host: a.example",
    ]);
    expect(origin(["X-Forwarded-Proto: https", "X-Forwarded-Proto: http"]).fields).toContain("X-Forwarded-Proto: http");
  });
  test("has our own element of Forwarded when that is on, behind a well-formed list of a trusted peer", () => {
    const on = { sendForwarded: true };
    const own = "for=10.0.0.1;host=a.example;proto=http";
    expect(origin([], "10.0.0.1", on).fields.at(-1)).toBe(`Forwarded: ${own}`);
    expect(origin(["Forwarded: for=x"], "10.0.0.1", on).fields.at(-1)).toBe(`Forwarded: for=x, ${own}`);
    expect(origin(["Forwarded: ="], "10.0.0.1", on).fields.at(-1)).toBe(`Forwarded: ${own}`);
    expect(origin(["Forwarded: for=x"], "::1", on).fields.at(-1)).toBe(
      'Forwarded: for="[::1]";host=a.example;proto=http',
    );
  });
  test("keeps the rest that is said of the connection, with the scheme of TLS", () => {
    const tls = "X-Forwarded-Proto: https\r\nX-Client-Cert-Subject: CN=a\r\n";
    expect(origin([], "192.0.2.1", {}, tls).fields).toEqual([
      "X-Forwarded-For: 192.0.2.1",
      "X-Forwarded-Proto: https",
      "X-Client-Cert-Subject: CN=a",
      "X-Forwarded-Host: a.example",
    ]);
  });
});

describe("a Forwarded field", () => {
  test("is read with quotes, escapes and any spelling of its names", () => {
    expect(readForwarded('For="[2001:db8::1]:80";by=b,for="a\\"b" ,  proto=https')).toEqual([
      { text: 'For="[2001:db8::1]:80";by=b', node: "[2001:db8::1]:80" },
      { text: 'for="a\\"b"', node: 'a"b' },
      { text: "proto=https", node: "" },
    ]);
  });
  test.each([
    "",
    "for",
    "for=",
    "for=a;",
    "for=a,",
    ",for=a",
    "for=a b",
    'for="a',
    "for=a;for=b",
    "for = a",
    "for=[::1]",
  ])("%j is malformed", (text) => expect(readForwarded(text)).toBeNull());
  test("is written so that it is read the same", () => {
    for (const [address, host] of [
      ["2001:db8::1", "a.example:8080"],
      ["192.0.2.1", "[::1]"],
    ] as const)
      expect(readForwarded(forwardedElement(address, host, "https"))).toMatchObject([
        { node: address.includes(":") ? `[${address}]` : address },
      ]);
  });
});
