import { describe, expect, it } from "vitest";
import { AlertMatchers } from "#lib/contracts/silences.ts";
import { readMutings, storedMatchers, storedWindow } from "#lib/core/alerts/stored-mutings.ts";

const schedule = { timeZone: "UTC", weekdays: [], start: "02:00", durationMinutes: 60 };
const label = { name: "env", op: "=", value: "prod" };
const silence = (id: string, matchers: unknown) => ({ id, matchers, comment: "why", startsMs: 0, endsMs: 10 });
const window = (name: string, more: object = {}) => ({ id: name, name, mode: "mute", matchers: {}, schedule, ...more });

describe("what is stored of silences and windows", () => {
  it("of an older version is read with what came since", () => {
    expect(storedMatchers({ kinds: ["latency"] })).toEqual({
      is: "read",
      value: AlertMatchers.parse({ kinds: ["latency"] }),
    });
  });

  it.each([
    [{ kinds: ["latency", "of-tomorrow"] }, "matchers.kinds.1"],
    [{ labels: [label, { ...label, op: "^=" }] }, "matchers.labels.1.op"],
    [{ zones: ["eu"] }, "matchers.zones"],
    [{ levels: [0] }, "matchers.levels.0"],
    [null, "matchers"],
    ["*", "matchers"],
  ])("%j says where it cannot be read: %s", (matchers, at) =>
    expect(storedMatchers(matchers)).toEqual({ is: "unreadable", at }),
  );

  it.each([
    [{ mode: "digest" }, "mode"],
    [{ schedule: { ...schedule, timeZone: "Mars/Olympus" } }, "schedule.timeZone"],
    [{ schedule: { ...schedule, everyMonths: 2 } }, "schedule.everyMonths"],
    [{ matchers: { pools: [7] } }, "matchers.pools.0"],
  ])("a window with %j says so, too: %s", (more, at) =>
    expect(storedWindow(window("w", more))).toEqual({ is: "unreadable", at }),
  );

  it("leaves out what cannot be read, and names it; everything else is in force", () => {
    const read = readMutings(
      [silence("a", { levels: [1] }), silence("b", { kinds: ["of-tomorrow"] }), silence("c", {})],
      [window("nightly"), window("odd", { mode: "digest" })],
    );
    expect(read.silences.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(read.windows.map(({ name }) => name)).toEqual(["nightly"]);
    expect(read.unreadable).toEqual(["the silence b (matchers.kinds.0)", "the maintenance window odd (mode)"]);
  });
});
