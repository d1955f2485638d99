import { describe, expect, test } from "vitest";
import { FrameTracker, goingAwayFrame } from "#workers/proxy/http/websocket-frames.ts";

/** A frame with a payload of so many bytes. */
function frameOf(opcode: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const head = [0x80 | opcode];
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 0xff);
  else
    head.push(
      mask | 127,
      0,
      0,
      0,
      0,
      (length >>> 24) & 0xff,
      (length >> 16) & 0xff,
      (length >> 8) & 0xff,
      length & 0xff,
    );
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length + (isMasked ? 4 : 0), 0x88)]);
}

describe.each([
  ["masked", true],
  ["plain", false],
])("%s frames", (_name, isMasked) => {
  test("are between two only where one ends, wherever the pieces are cut", () => {
    const frames = [0, 1, 125, 126, 127, 300].map((length) => frameOf(2, length, isMasked));
    const bytes = Buffer.concat(frames);
    const ends = new Set(frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length));
    for (let cut = 1; cut < bytes.length; cut++) {
      const tracker = new FrameTracker();
      tracker.pass(bytes, 0, cut);
      expect(tracker.isBetween).toBe(ends.has(cut));
      tracker.pass(bytes, cut, bytes.length);
      expect(tracker.isBetween).toBe(true);
      expect(tracker.hasClosed).toBe(false);
    }
  });

  test.each([65_535, 65_536, 1_000_000])("of %i bytes end where they say", (length) => {
    const bytes = frameOf(1, length, isMasked);
    const tracker = new FrameTracker();
    for (let at = 0; at < bytes.length; at += 4_096) {
      expect(tracker.isBetween).toBe(at === 0);
      tracker.pass(bytes, at, Math.min(at + 4_096, bytes.length));
    }
    expect(tracker.isBetween).toBe(true);
  });

  test("that close are known by their first byte", () => {
    const tracker = new FrameTracker();
    tracker.pass(frameOf(8, 2, isMasked), 0, 1);
    expect(tracker.hasClosed).toBe(true);
  });
});

test("a last frame of our own is masked towards a server alone, and says 1001", () => {
  expect([...goingAwayFrame(false)]).toEqual([0x88, 2, 0x03, 0xe9]);
  const masked = goingAwayFrame(true);
  expect([...masked.subarray(0, 2)]).toEqual([0x88, 0x82]);
  expect([4, 5].map((at, i) => (masked[at + 2] as number) ^ (masked[i + 2] as number))).toEqual([0x03, 0xe9]);
});
