// What a tab takes of a stream that it may hear twice: over its own connection, and from the tab that has one for all.
import { describe, expect, it } from "vitest";
import { readFrame } from "#lib/client/stream-events.ts";
import { StreamPosition } from "#lib/client/stream-position.ts";

describe("StreamPosition", () => {
  it("takes each event once, from whichever side it comes first", () => {
    const position = new StreamPosition();
    expect(position.place("a-7", true)).toBe("next");
    expect(["a-8", "a-8", "a-9", "a-8", "a-9", "a-10"].map((id) => position.place(id, false))).toEqual([
      "next",
      "known",
      "next",
      "known",
      "known",
      "next",
    ]);
  });

  it("notices what is missing once, and that an opening brings it", () => {
    const position = new StreamPosition();
    position.place("a-1", true);
    expect(position.place("a-3", false)).toBe("gap");
    expect(position.place("a-4", false)).toBe("next");
    expect(position.place("a-9", true)).toBe("next");
    expect(position.place("a-9", false)).toBe("known");
    expect(position.place("a-10", false)).toBe("next");
  });

  it("is not thrown back by an opening that was on its way while newer events came", () => {
    const position = new StreamPosition();
    position.place("a-1", true);
    position.place("a-2", false);
    expect(position.place("a-1", true)).toBe("next");
    expect(position.place("a-2", false)).toBe("known");
  });

  it("counts each run of a server by itself, and takes what has no number", () => {
    const position = new StreamPosition();
    position.place("a-500", true);
    expect(position.place("b-3", false)).toBe("next");
    expect(position.place("b-4", false)).toBe("next");
    expect(position.place("a-501", false)).toBe("next");
    expect(position.place("", false)).toBe("next");
  });
});

describe("readFrame", () => {
  const read = (data: string) => readFrame({ name: "tick", id: "", data });

  it("gives an event as it is, and takes one out of contract for missing", () => {
    const tick = { atMs: 1_000, total: { requestsPerSecond: 1 }, pools: [], nodes: [] };
    expect(read(JSON.stringify(tick))).toEqual({ name: "tick", payload: tick });
    for (const broken of ["", "null", "3", "{}", JSON.stringify({ ...tick, nodes: undefined })])
      expect(read(broken)).toBeUndefined();
  });
});
