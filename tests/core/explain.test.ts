import { describe, expect, it } from "vitest";
import { RecordingSettings, RouteRecording } from "#lib/contracts/config.ts";
import type { RequestAttempt } from "#lib/contracts/requests.ts";
import { kindOf, phasesOf, repeatsOf } from "#lib/core/explain/attempts.ts";
import { keptQuery } from "#lib/core/explain/query.ts";
import { recordingFor } from "#lib/core/explain/route-recording.ts";
import { Sampler } from "#lib/core/explain/sampler.ts";

const attempt = (changes: Partial<RequestAttempt>): RequestAttempt => ({
  nodeId: "00000000-0000-4000-8000-000000000001",
  startMs: 0,
  reused: true,
  tcpMs: null,
  connectedMs: null,
  sentMs: null,
  firstByteMs: null,
  endMs: 100,
  status: null,
  cause: "ok",
  counts: "success",
  ...changes,
});

describe("how an attempt came about", () => {
  it("is a retry when the one before had failed by then, also in the same instant", () => {
    expect(repeatsOf([attempt({ endMs: 10 }), attempt({ startMs: 10 })])).toEqual(["retried"]);
  });
  it("is a hedge when one before it was still waiting, a millisecond before its end", () => {
    expect(repeatsOf([attempt({ endMs: 10 }), attempt({ startMs: 9 })])).toEqual(["hedged"]);
  });
  it("is a race when one before it was still connecting", () => {
    const connecting = attempt({ reused: false, connectedMs: 50, endMs: 60 });
    expect(kindOf([connecting, attempt({ startMs: 49 })], 1)).toBe("race");
    expect(kindOf([connecting, attempt({ startMs: 50 })], 1)).toBe("hedge");
  });
  it("is a retry when the one before is held with its answer", () => {
    expect(kindOf([attempt({ firstByteMs: 5, endMs: 80 }), attempt({ startMs: 5 })], 1)).toBe("retry");
  });
  it("is the first whichever was noted first", () => {
    const all = [attempt({ startMs: 20, endMs: 30 }), attempt({ startMs: 0, endMs: 90 })];
    expect(all.map((_, at) => kindOf(all, at))).toEqual(["hedge", "first"]);
  });
});

describe("phases", () => {
  it("of a new connection under TLS add up to the whole", () => {
    const whole = attempt({
      reused: false,
      startMs: 5,
      tcpMs: 10,
      connectedMs: 25,
      sentMs: 30,
      firstByteMs: 70,
      endMs: 100,
    });
    expect(phasesOf(whole)).toEqual({ connect: 5, tls: 15, write: 5, firstByte: 40, body: 30 });
  });
  it("of one that never connected are its connect alone", () => {
    const phases = phasesOf(attempt({ reused: false, endMs: 12 }));
    expect(phases).toEqual({ connect: 12, tls: null, write: null, firstByte: null, body: null });
  });
  it("of one that never answered end with its wait", () => {
    expect(phasesOf(attempt({ endMs: 12 }))).toEqual({
      connect: null,
      tls: null,
      write: null,
      firstByte: 12,
      body: null,
    });
  });
});

describe("a query", () => {
  it("keeps no value, and nothing of what has no name, unless it is told to", () => {
    expect(keptQuery("?key=abc&x=&tok3n&&a=b=c", "names")).toBe("?key=…&x=…&…&&a=…");
    expect(keptQuery("?key=abc", "drop")).toBe("");
    expect(keptQuery("?key=abc", "values")).toBe("?key=abc");
    expect(keptQuery("", "names")).toBe("");
  });
});

describe("a sampler", () => {
  it("takes all at 1 and none at 0", () => {
    const taken = (ratio: number) => {
      const sampler = new Sampler(ratio, () => 0.5);
      return Array.from({ length: 100 }, () => sampler.next()).filter(Boolean).length;
    };
    expect([taken(0), taken(1)]).toEqual([0, 100]);
  });
  it("takes about its share, whatever is drawn", () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const sampler = new Sampler(0.05, random);
    const taken = Array.from({ length: 100_000 }, () => sampler.next()).filter(Boolean).length;
    expect(taken).toBeGreaterThan(4_700);
    expect(taken).toBeLessThan(5_300);
  });
});

describe("what is kept of a route's requests", () => {
  const pool = RecordingSettings.parse({ enabled: false, sampleRatio: 0.5, slowMs: 10, logRatio: 0.25 });

  it("is what its pool says where it says nothing, and what it says itself else, also off and 0", () => {
    expect(recordingFor(pool, null)).toBe(pool);
    expect(recordingFor(pool, RouteRecording.parse({}))).toEqual(pool);
    const own = { enabled: true, sampleRatio: 0, slowMs: 0, logRatio: 0 };
    expect(recordingFor(pool, own)).toEqual({ ...pool, ...own });
    expect(recordingFor({ ...pool, enabled: true }, RouteRecording.parse({ enabled: false })).enabled).toBe(false);
  });
});
