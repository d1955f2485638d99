// The header of the PROXY protocol (haproxy.org, proxy-protocol.txt, versions 1 and 2), with which a proxy in front tells whose
// connection it hands on. Strict: it is read from peers only that are required to send it, and what is no such header, to
// the byte, refuses the connection.
import { type Address, formatAddress, parseAddress } from "#lib/core/address-range.ts";

export type ProxyHeaderRead =
  | { kind: "unfinished" }
  | { kind: "fault"; detail: string }
  /** `source` is whose connection it is; null: the peer's own (LOCAL), or nobody with an address. */
  | { kind: "header"; end: number; source: string | null };

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const V1_START = Buffer.from("PROXY ", "latin1");
/** With its CRLF, as the specification bounds it. */
const MAX_V1 = 107;
const V2_FIXED = 16;
/** Of addresses and additions (certificates' names, say) together; the specification bounds them by 64 KiB only. */
const MAX_V2_REST = 4_096;

const UNFINISHED: ProxyHeaderRead = { kind: "unfinished" };
const fault = (detail: string): ProxyHeaderRead => ({ kind: "fault", detail });
const header = (end: number, source: string | null): ProxyHeaderRead => ({ kind: "header", end, source });

/** Reads the header that `bytes` begins with, of which `end` bytes have come. */
export function readProxyHeader(bytes: Buffer, end: number): ProxyHeaderRead {
  if (begins(bytes, end, SIGNATURE)) return end < V2_FIXED ? UNFINISHED : readV2(bytes, end);
  if (begins(bytes, end, V1_START)) return readV1(bytes, end);
  return fault("no PROXY protocol header");
}

/** Whether what has come is the start of `expected`, or starts with it. */
function begins(bytes: Buffer, end: number, expected: Buffer): boolean {
  const length = Math.min(end, expected.length);
  return bytes.compare(expected, 0, length, 0, length) === 0;
}

// --- version 1: a line of text ---------------------------------------------------------------------------------------

const PORT = /^(?:0|[1-9]\d{0,4})$/;
const isPort = (text: string | undefined): boolean => text !== undefined && PORT.test(text) && Number(text) < 65_536;

function readV1(bytes: Buffer, end: number): ProxyHeaderRead {
  const text = bytes.toString("latin1", 0, Math.min(end, MAX_V1));
  const lineEnd = text.indexOf("\r\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (/[^\x20-\x7e]/.test(lineEnd < 0 && text.endsWith("\r") ? text.slice(0, -1) : line))
    return fault("forbidden byte in the PROXY header");
  if (lineEnd < 0) return end < MAX_V1 ? UNFINISHED : fault("the PROXY header is longer than 107 bytes");
  const [, family = "", source = "", destination = "", ...ports] = line.split(" ");
  // Whatever follows UNKNOWN is to be ignored.
  if (family === "UNKNOWN") return header(lineEnd + 2, null);
  if (family !== "TCP4" && family !== "TCP6") return fault("the PROXY header names neither TCP4, TCP6 nor UNKNOWN");
  const from = addressOf(source, family);
  if (from === null || addressOf(destination, family) === null) return fault("the PROXY header holds no addresses");
  if (ports.length !== 2 || !ports.every(isPort)) return fault("the PROXY header holds no ports");
  return header(lineEnd + 2, formatAddress(from));
}

function addressOf(text: string, family: "TCP4" | "TCP6"): Address | null {
  if (text.includes(":") !== (family === "TCP6") || text.includes("%")) return null;
  return parseAddress(text);
}

// --- version 2: binary -----------------------------------------------------------------------------------------------

const COMMAND = { local: 0x20, proxy: 0x21 };
/** Family and transport; only streams come over TCP. */
const FAMILY = { none: 0x00, tcp4: 0x11, tcp6: 0x21, unix: 0x31 };
const SIZES = new Map([
  [FAMILY.none, 0],
  [FAMILY.tcp4, 12],
  [FAMILY.tcp6, 36],
  [FAMILY.unix, 216],
]);

function readV2(bytes: Buffer, end: number): ProxyHeaderRead {
  const command = bytes[12] as number;
  const family = bytes[13] as number;
  const length = bytes.readUInt16BE(14);
  if (command !== COMMAND.local && command !== COMMAND.proxy)
    return fault("unknown version or command of the PROXY header");
  if (length > MAX_V2_REST) return fault(`the PROXY header holds more than ${MAX_V2_REST} bytes`);
  if (command === COMMAND.proxy) {
    const size = SIZES.get(family);
    if (size === undefined) return fault("the PROXY header is of no stream that is known here");
    if (length < size) return fault("the PROXY header is too short for its addresses");
  }
  const stop = V2_FIXED + length;
  if (end < stop) return UNFINISHED;
  if (command === COMMAND.local) return header(stop, null);
  return header(stop, sourceOf(bytes, family));
}

/** Of what follows the addresses (TLVs) nothing is used. */
function sourceOf(bytes: Buffer, family: number): string | null {
  if (family === FAMILY.tcp4) return bytes.subarray(V2_FIXED, V2_FIXED + 4).join(".");
  if (family !== FAMILY.tcp6) return null;
  return formatAddress(Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(V2_FIXED + 2 * i)));
}
