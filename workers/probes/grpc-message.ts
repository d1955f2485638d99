// The two messages of grpc.health.v1.Health/Check, by hand: each has one field.
// request: 1 string service; answer: 1 enum status. https://github.com/grpc/grpc/blob/master/doc/health-checking.md

export const SERVING_STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;
export type ServingStatus = (typeof SERVING_STATUSES)[number];

const STRING_FIELD = 0x0a;
const VARINT_FIELD = 0x08;
const PREFIX_BYTES = 5;

/** A request as it is framed in gRPC: not compressed, its length, the message. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service, "utf8");
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([STRING_FIELD, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** The status of an answer that is whole; null when it is no such message. Fields that are not known are passed over. */
export function servingStatus(framed: Buffer): ServingStatus | null {
  if (framed.length < PREFIX_BYTES || framed[0] !== 0) return null;
  const length = framed.readUInt32BE(1);
  if (framed.length !== PREFIX_BYTES + length) return null;
  const reader = { bytes: framed, at: PREFIX_BYTES };
  let status: number | null = 0;
  while (status !== null && reader.at < framed.length) {
    const tag = readVarint(reader);
    if (tag === VARINT_FIELD) status = readVarint(reader);
    else if (tag === null || !skip(reader, tag & 7)) status = null;
  }
  return status === null ? null : (SERVING_STATUSES[status] ?? null);
}

type Reader = { bytes: Buffer; at: number };

function readVarint(reader: Reader): number | null {
  let value = 0;
  for (let place = 0; place < 10; place++) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) return null;
    value += (byte & 127) * 128 ** place;
    if (byte < 128) return value;
  }
  return null;
}

function skip(reader: Reader, wireType: number): boolean {
  if (wireType === 0) return readVarint(reader) !== null;
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? readVarint(reader) : null;
  if (length === null) return false;
  reader.at += length;
  return reader.at <= reader.bytes.length;
}
