import { describe, expect, it } from "vitest";
import { isInShare, isSampled, newSpanId, newTraceId } from "#lib/core/tracing/sampling.ts";
import { readTraceparent, readTracestate, traceparent } from "#lib/core/tracing/trace-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("a traceparent", () => {
  it("is read with its flags, and written as it was", () => {
    expect(readTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({
      ...{ traceId: TRACE, spanId: SPAN, isSampled: true, isRandom: false },
    });
    expect(readTraceparent(`00-${TRACE}-${SPAN}-02`)).toMatchObject({ isSampled: false, isRandom: true });
    expect(traceparent(TRACE, SPAN, true, true)).toBe(`00-${TRACE}-${SPAN}-03`);
  });

  it.each([
    ["an id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["something behind version 00", `00-${TRACE}-${SPAN}-01-more`],
    ["something right behind a later version", `01-${TRACE}-${SPAN}-01more`],
    ["an id that is too short", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["flags of one digit", `00-${TRACE}-${SPAN}-1`],
    ["a list of two", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ["nothing", ""],
  ])("is malformed with %s", (_, value) => {
    expect(readTraceparent(value)).toBeNull();
  });

  it("of a later version is read as far as it is ours", () => {
    expect(readTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId).toBe(TRACE);
    expect(readTraceparent(`cc-${TRACE}-${SPAN}-01`)?.spanId).toBe(SPAN);
  });
});

describe("a tracestate", () => {
  it("of several fields is one list in their order, without empty members", () => {
    expect(readTracestate(["a=1, b=2", ",c@vendor=3\t"])).toBe("a=1,b=2,c@vendor=3");
    expect(readTracestate([])).toBe("");
  });

  it("is malformed as a whole with a member that is none, a key twice, or more than 32 members", () => {
    for (const bad of ["a", "=1", "A=1", "a=1,a=2", "a=b=c", "a b=1", "1a=1", "a=", `a=${"x".repeat(257)}`])
      expect(readTracestate([bad]), bad).toBeNull();
    const members = (n: number) => Array.from({ length: n }, (_, i) => `k${i}=v`).join(",");
    expect(readTracestate([members(32)])).toBe(members(32));
    expect(readTracestate([members(33)])).toBeNull();
    expect(readTracestate([`1tenant@v=${"x".repeat(256)}`])).not.toBeNull();
  });
});

describe("sampling", () => {
  const parent = { traceId: TRACE, spanId: SPAN, isSampled: false, isRandom: false };

  it("follows the parent unless it is told not to", () => {
    expect(isSampled(parent, TRACE, { sampleRatio: 1, followParent: true })).toBe(false);
    expect(isSampled({ ...parent, isSampled: true }, TRACE, { sampleRatio: 0, followParent: true })).toBe(true);
    expect(isSampled(parent, TRACE, { sampleRatio: 1, followParent: false })).toBe(true);
  });

  it("takes its share by the end of the trace's id, to its last digit", () => {
    const half = `${"0".repeat(19)}8000000000000`;
    expect(isInShare(half, 0.5)).toBe(false);
    expect(isInShare(`${"0".repeat(19)}7ffffffffffff`, 0.5)).toBe(true);
    expect([isInShare("f".repeat(32), 1), isInShare("0".repeat(32), 0)]).toEqual([true, false]);
  });

  it("makes ids that are never all zeros", () => {
    expect([newTraceId(() => 0), newSpanId(() => 0)]).toEqual([`${"0".repeat(31)}1`, `${"0".repeat(15)}1`]);
    expect(newTraceId(() => 0.5)).toBe("80000000".repeat(4));
  });
});
