import { expect, it } from "vitest";
import { patiently } from "#lib/client/patiently.ts";

/** A server that is away for the first `failures` requests, and a clock that only counts. */
function rig(failures: number) {
  const seen = { requests: 0, waitedMs: 0 };
  const load = async () => {
    seen.requests++;
    if (seen.requests <= failures) throw new Error(`away ${seen.requests}`);
    return "code";
  };
  const wait = async (ms: number) => {
    seen.waitedMs += ms;
  };
  return { seen, get: patiently(load, wait) };
}

it("brings what is there at once, and waits for nothing", async () => {
  const { seen, get } = rig(0);
  expect(await get()).toBe("code");
  expect(seen).toEqual({ requests: 1, waitedMs: 0 });
});

it("asks again while the server is away, first soon and then less often", async () => {
  const { seen, get } = rig(4);
  expect(await get()).toBe("code");
  expect(seen).toEqual({ requests: 5, waitedMs: 500 + 1_000 + 2_000 + 5_000 });
});

it("gives up after two minutes with what the last attempt met", async () => {
  const { seen, get } = rig(Number.POSITIVE_INFINITY);
  await expect(get()).rejects.toThrow("away 28");
  expect(seen.waitedMs).toBe(123_500);
});

it("begins anew each time it is asked", async () => {
  const { seen, get } = rig(1);
  expect([await get(), await get()]).toEqual(["code", "code"]);
  expect(seen.requests).toBe(3);
});
