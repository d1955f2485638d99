// W3C Trace Context (Recommendation of 2021, and the random flag of Level 2): what a request's traceparent and tracestate say,
// read strictly. Who cannot read a traceparent begins a trace of its own, and drops the tracestate with it (§4.3).

export interface ParentContext {
  /** 32 and 16 lower-case hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Whether whoever made the trace's id says that it is random. */
  readonly isRandom: boolean;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Of a version to come: what it has in common with ours, and possibly more behind another dash (§3.2.4). */
const LATER = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const ZEROS = /^0+$/;

/** Null for what is malformed: another length, upper case, version ff, an id of zeros. */
export function readTraceparent(value: string): ParentContext | null {
  const now = VERSION_00.exec(value);
  const later = now === null ? LATER.exec(value) : null;
  if (later !== null && (later[1] === "ff" || later[1] === "00")) return null;
  const [traceId, spanId, flags] = now?.slice(1) ?? later?.slice(2) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  const bits = Number.parseInt(flags, 16);
  return { traceId, spanId, isSampled: (bits & 1) === 1, isRandom: (bits & 2) === 2 };
}

export const traceparent = (traceId: string, spanId: string, isSampled: boolean, isRandom: boolean): string =>
  `00-${traceId}-${spanId}-0${(isSampled ? 1 : 0) | (isRandom ? 2 : 0)}`;

const MAX_MEMBERS = 32;
const SIMPLE_KEY = /^[a-z][a-z0-9_\-*/]{0,255}$/;
const TENANT_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
/** Printable ASCII but comma and equals sign, not ending with a space. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * The list of one or more tracestate fields, in their order, as one; empty members are left out (§3.3.1.1).
 * @returns null for what is malformed as a whole: a member that is none, a key twice, more than 32 members
 */
export function readTracestate(values: readonly string[]): string | null {
  const members = values.flatMap((value) => value.split(",")).map((member) => member.replace(/^[\t ]+|[\t ]+$/g, ""));
  const kept = members.filter((member) => member !== "");
  if (kept.length > MAX_MEMBERS) return null;
  const keys = new Set<string>();
  for (const member of kept) {
    const at = member.indexOf("=");
    const key = member.slice(0, at);
    if (at < 1 || keys.has(key) || !(SIMPLE_KEY.test(key) || TENANT_KEY.test(key))) return null;
    if (!VALUE.test(member.slice(at + 1))) return null;
    keys.add(key);
  }
  return kept.join(",");
}
