import { describe, expect, test } from "vitest";
import { type ProxyHeaderRead, readProxyHeader } from "#workers/proxy/http/proxy-protocol.ts";
import { proxyV2 } from "../proxy-header.ts";

const read = (bytes: Buffer) => readProxyHeader(bytes, bytes.length);
const v1 = (line: string) => Buffer.from(`${line}\r\nGET / HTTP/1.1\r\n`, "latin1");
const IPV4 = [192, 0, 2, 7, 10, 0, 0, 1, 0x30, 0x39, 0, 80];
const IPV6 = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 5, ...Array(16).fill(0), 0, 1, 0, 80];
const TLV = [0x03, 0, 4, 1, 2, 3, 4, 0x20, 0, 2, 9, 9];

/** Header, and the source that it tells. */
const ACCEPTED: [string, Buffer, string | null][] = [
  ["version 1, TCP4", v1("PROXY TCP4 192.0.2.7 10.0.0.1 12345 80"), "192.0.2.7"],
  ["version 1, TCP6", v1("PROXY TCP6 2001:0db8::5 ::1 0 65535"), "2001:db8::5"],
  ["version 1, UNKNOWN", v1("PROXY UNKNOWN"), null],
  ["version 1, UNKNOWN with more", v1("PROXY UNKNOWN ffff::1 x 1 2"), null],
  ["version 2, TCP4", proxyV2(0x21, 0x11, IPV4), "192.0.2.7"],
  ["version 2, TCP4, with TLVs", proxyV2(0x21, 0x11, [...IPV4, ...TLV]), "192.0.2.7"],
  ["version 2, TCP6", proxyV2(0x21, 0x21, IPV6), "2001:db8::5"],
  ["version 2, UNIX", proxyV2(0x21, 0x31, Array(216).fill(1)), null],
  ["version 2, UNSPEC", proxyV2(0x21, 0x00, TLV), null],
  ["version 2, LOCAL", proxyV2(0x20, 0x00, []), null],
  ["version 2, LOCAL, whatever it holds", proxyV2(0x20, 0xff, [1, 2, 3]), null],
];

describe("a header of the PROXY protocol", () => {
  test.each(ACCEPTED)("of %s is read", (_what, bytes, source) => {
    const whole = read(bytes);
    expect(whole).toMatchObject({ kind: "header", source });
    const { end } = whole as Extract<ProxyHeaderRead, { kind: "header" }>;
    expect(bytes.toString("latin1", end)).toMatch(/^GET/);
    // Cut at any byte it is not read before it is whole, and bytes behind it change nothing.
    for (let cut = 1; cut < bytes.length; cut++)
      expect(readProxyHeader(bytes, cut)).toEqual(cut < end ? { kind: "unfinished" } : whole);
  });

  test.each<[string, Buffer]>([
    ["a request", v1("GET / HTTP/1.1")],
    ["another protocol", Buffer.from([0x16, 3, 1])],
    ["lower case", v1("proxy TCP4 192.0.2.7 10.0.0.1 1 2")],
    ["two spaces", v1("PROXY  TCP4 192.0.2.7 10.0.0.1 1 2")],
    ["a space at the end", v1("PROXY TCP4 192.0.2.7 10.0.0.1 1 2 ")],
    ["an unknown family", v1("PROXY TCP5 192.0.2.7 10.0.0.1 1 2")],
    ["IPv4 called IPv6", v1("PROXY TCP6 192.0.2.7 10.0.0.1 1 2")],
    ["IPv6 called IPv4", v1("PROXY TCP4 ::1 ::1 1 2")],
    ["a zone", v1("PROXY TCP6 fe80::1%eth0 ::1 1 2")],
    ["an octal address", v1("PROXY TCP4 192.0.02.7 10.0.0.1 1 2")],
    ["no ports", v1("PROXY TCP4 192.0.2.7 10.0.0.1")],
    ["a port too large", v1("PROXY TCP4 192.0.2.7 10.0.0.1 1 65536")],
    ["a port with zeros before it", v1("PROXY TCP4 192.0.2.7 10.0.0.1 01 2")],
    ["a bare line feed", Buffer.from("PROXY TCP4 192.0.2.7 10.0.0.1 1 2\nGET /")],
    ["a carriage return alone", Buffer.from("PROXY TCP4\r192.0.2.7 10.0.0.1 1 2\r\n")],
    ["a line without end", Buffer.from(`PROXY UNKNOWN ${"x".repeat(200)}`)],
    ["version 3", proxyV2(0x31, 0x11, IPV4)],
    ["an unknown command", proxyV2(0x22, 0x11, IPV4)],
    ["datagrams", proxyV2(0x21, 0x12, IPV4)],
    ["an unknown family in version 2", proxyV2(0x21, 0x41, IPV4)],
    ["addresses cut short", proxyV2(0x21, 0x11, IPV4.slice(0, 11))],
    ["more than is kept", proxyV2(0x21, 0x11, [...IPV4, ...Array(5_000).fill(0)])],
  ])("is none with %s", (_what, bytes) => expect(read(bytes)).toMatchObject({ kind: "fault" }));

  test("of 107 bytes is taken, one byte more is not waited for", () => {
    const line = `PROXY UNKNOWN ${"x".repeat(91)}`;
    expect(read(Buffer.from(`${line}\r\n`))).toMatchObject({ kind: "header", end: 107 });
    expect(read(Buffer.from(`${line}x\r`))).toMatchObject({ kind: "fault" });
  });
});
