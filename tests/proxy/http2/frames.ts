// HTTP/2 by hand: frames that no library would send.
import { RawClient } from "../clients.ts";

export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
export const Frame = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  more: 9,
};
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame, as latin1 text. */
export function frame(type: number, flags: number, streamId: number, payload = ""): string {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return head.toString("latin1") + payload;
}

export const number32 = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("latin1");
};

/** Fields as HPACK literals that nobody keeps, names and all (RFC 7541 §6.2.2): any bytes can be said so. */
export function literals(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([name, value]) => `\0${text(name)}${text(value)}`).join("");
}
const text = (value: string): string => size(value.length) + value;
function size(length: number): string {
  if (length < 127) return String.fromCharCode(length);
  let rest = length - 127;
  let out = "\x7f";
  for (; rest >= 128; rest >>= 7) out += String.fromCharCode((rest & 127) | 128);
  return out + String.fromCharCode(rest);
}

export const GET: readonly (readonly [string, string])[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "h"],
  [":path", "/"],
];

/** HPACK: `:status: 200`. */
export const OK = "\x88";

export interface ReadFrame {
  type: number;
  flags: number;
  streamId: number;
  payload: string;
}

/** Those in `text` that are whole. */
export function framesIn(text: string): ReadFrame[] {
  const bytes = Buffer.from(text, "latin1");
  const frames: ReadFrame[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    frames.push({
      type: bytes[at + 3] as number,
      flags: bytes[at + 4] as number,
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.toString("latin1", at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return frames;
}

/** A client that has sent the preface and its settings. */
export class FrameClient extends RawClient {
  constructor(port: number, settings = "") {
    super(port);
    this.send(PREFACE + frame(Frame.settings, 0, 0, settings));
  }

  request(streamId: number, fields: readonly (readonly [string, string])[], flags = END_STREAM | END_HEADERS): this {
    return this.send(frame(Frame.headers, flags, streamId, literals(fields)));
  }

  get frames(): ReadFrame[] {
    return framesIn(this.received);
  }

  /** Error codes of the streams that were reset. */
  get resets(): number[] {
    return this.frames.filter(({ type }) => type === Frame.reset).map(({ payload }) => codeIn(payload, 0));
  }
  /** Error code with which the connection was ended; null when it was not. */
  get goaway(): number | null {
    const last = this.frames.findLast(({ type }) => type === Frame.goaway);
    return last === undefined ? null : codeIn(last.payload, 4);
  }
  answersTo(streamId: number): ReadFrame[] {
    return this.frames.filter((one) => one.streamId === streamId && one.type === Frame.headers);
  }
}

const codeIn = (payload: string, at: number): number => Buffer.from(payload, "latin1").readUInt32BE(at);
