// The order in which those who wait get slots, with nodes that exist in numbers only.
import fc from "fast-check";
import { expect, test } from "vitest";
import { PoolInput } from "#lib/contracts/config.ts";
import type { Waiting } from "#workers/proxy/state/class-queue.ts";
import { WaitingLine } from "#workers/proxy/state/waiting-line.ts";

const CLASSES = ["gold", "silver", "bronze"];
const settings = (classes: readonly string[], more: object = {}) =>
  PoolInput.parse({
    name: "p",
    algorithm: "least-connections",
    classes: classes.map((name) => ({ name, pathPrefixes: [`/${name}`] })),
    ...more,
  });
const request = (path: string) => ({ path, header: () => undefined });

/** Slots of two nodes; who has tried a node cannot use one of its slots. */
class Slots {
  readonly free = [0, 0];
  readonly served: Guest[] = [];
}
class Guest implements Waiting {
  readonly rank: number;
  readonly tried: ReadonlySet<number>;
  readonly #slots: Slots;
  constructor(slots: Slots, rank: number, tried: readonly number[]) {
    this.#slots = slots;
    this.rank = rank;
    this.tried = new Set(tried);
  }
  canUse(node: number): boolean {
    return !this.tried.has(node);
  }
  tryAgain(): boolean {
    const node = this.#slots.free.findIndex((free, at) => free > 0 && this.canUse(at));
    if (node < 0) return false;
    this.#slots.free[node] = (this.#slots.free[node] as number) - 1;
    this.#slots.served.push(this);
    return true;
  }
}

const arrival = fc.record({
  kind: fc.constant("comes" as const),
  rank: fc.nat(3),
  tried: fc.subarray([0, 1], { maxLength: 1 }),
});
const release = fc.record({ kind: fc.constant("frees" as const), node: fc.nat(1) });
const departure = fc.record({ kind: fc.constant("leaves" as const), pick: fc.nat(50) });
const renewal = fc.constant({ kind: "configured" as const });

test("no request is served while one of a higher class that could use the slot waits, nor before an older one of its own", () => {
  const steps = fc.array(
    fc.oneof({ weight: 4, arbitrary: arrival }, { weight: 4, arbitrary: release }, departure, renewal),
    {
      maxLength: 120,
    },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const line = new WaitingLine();
      line.configure(settings(CLASSES));
      const slots = new Slots();
      let waiting: Guest[] = [];
      for (const step of taken) {
        if (step.kind === "comes") {
          const guest = new Guest(slots, step.rank, step.tried);
          line.join(guest, line.queueOf("", request(`/${CLASSES[step.rank] ?? "other"}`)));
          waiting.push(guest);
        } else if (step.kind === "leaves") {
          const [gone] = waiting.splice(step.pick, 1);
          if (gone) line.leave(gone);
        } else if (step.kind === "configured") line.configure(settings(CLASSES));
        else {
          slots.free[step.node] = 1;
          slots.served.length = 0;
          const isServed = line.serveNext();
          slots.free[step.node] = 0;
          const [served] = slots.served;
          expect(isServed).toBe(served !== undefined);
          const able = waiting.filter((guest) => guest.canUse(step.node));
          if (served === undefined) {
            // Nobody could, or a class was too long to be asked to its end.
            if (able.length > 0) expect(waiting.length).toBeGreaterThan(8);
          } else {
            expect(served.rank).toBe(Math.min(...able.map(({ rank }) => rank)));
            expect(able.find(({ rank }) => rank === served.rank)).toBe(served);
            waiting = waiting.filter((guest) => guest !== served);
          }
        }
        expect(line.size).toBe(waiting.length);
      }
    }),
    { numRuns: 500 },
  );
});

test("a class given by the route goes before what the request itself would make of it; an unknown one counts as none", () => {
  const line = new WaitingLine();
  line.configure(settings(CLASSES));
  expect(line.queueOf("bronze", request("/gold")).name).toBe("bronze");
  expect(line.queueOf("", request("/gold")).name).toBe("gold");
  expect(line.queueOf("tin", request("/gold/x")).name).toBe("gold");
  expect(line.queueOf("tin", request("/golden")).name).toBe("default");
});

test("those of a class that is configured away wait on among those of no class, in the order in which they came", () => {
  const slots = new Slots();
  const line = new WaitingLine();
  line.configure(settings(CLASSES));
  const guests = ["/other", "/silver", "/other", "/gold"].map((path) => {
    const guest = new Guest(slots, 0, []);
    line.join(guest, line.queueOf("", request(path)));
    return guest;
  });
  line.configure(settings(["gold"]));
  expect(line.size).toBe(4);
  slots.free[0] = 4;
  while (line.serveNext());
  expect(slots.served).toEqual([guests[3], guests[0], guests[1], guests[2]]);
  expect(line.size).toBe(0);
});

test("a queue's limits follow the configuration, and hold for its own requests only", () => {
  const line = new WaitingLine();
  line.configure(settings(["gold"], { maxQueue: 1 }));
  const slots = new Slots();
  const lowest = line.queueOf("", request("/other"));
  line.join(new Guest(slots, 1, []), lowest);
  expect(lowest.isFull).toBe(true);
  expect(line.queueOf("", request("/gold")).isFull).toBe(false);
  line.configure(settings(["gold"], { maxQueue: 2, timeouts: { queueMs: 7 } }));
  expect(line.queueOf("", request("/other"))).toMatchObject({ isFull: false, queueMs: 7 });
});
