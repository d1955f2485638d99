import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fairShares } from "#lib/core/lease/fair-share.ts";
import { IDLE_SLOTS_MS, LeasedSlots } from "#lib/core/lease/leased-slots.ts";
import { type SlotAsk, type SlotNews, SlotPot } from "#lib/core/lease/slot-pot.ts";

const first = (a: number, b: number) => a - b;
const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, one) => all + one, 0);

describe("fair shares", () => {
  test.each([
    [10, [2, 3], [2, 3]],
    [10, [20, 3], [7, 3]],
    [10, [20, 20], [5, 5]],
    [11, [20, 20], [6, 5]],
    [1, [5, 5, 5], [1, 0, 0]],
    [0, [5, 5], [0, 0]],
    [5, [], []],
    [7, [0, 9, 2, 9], [0, 3, 2, 2]],
  ])("of %i for %j are %j", (capacity, demands, shares) =>
    expect(fairShares(capacity, demands, first)).toEqual(shares),
  );
  test("use up what there is, give nobody more than asked for, and nobody less than another who gets less than asked for", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(fc.nat(100), { maxLength: 8 }), (capacity, demands) => {
        const shares = fairShares(capacity, demands, first);
        expect(sum(shares)).toBe(Math.min(capacity, sum(demands)));
        for (const [i, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(demands[i] as number);
          if (share < (demands[i] as number)) expect(share).toBeGreaterThanOrEqual(Math.max(...shares) - 1);
        }
      }),
    );
  });
});

const ask = (need: number, want = need, back = 0): SlotAsk => ({ need, want, back });

describe("a pot of slots", () => {
  test("gives what is needed before what is wanted, and neither beyond the limit", () => {
    const pot = new SlotPot<string>();
    pot.hear("a", 10, ask(3, 8));
    pot.hear("b", 10, ask(4));
    expect(pot.settle()).toEqual(
      new Map([
        ["a", { granted: 6, keep: null }],
        ["b", { granted: 4, keep: null }],
      ]),
    );
    pot.hear("b", 10, ask(4, 9));
    expect(pot.settle()).toEqual(new Map());
  });
  test("makes those who hold more than their fair share keep no more than that, once another needs slots", () => {
    const pot = new SlotPot<string>();
    pot.hear("a", 10, ask(10));
    pot.settle();
    pot.hear("b", 10, ask(7));
    expect(pot.settle()).toEqual(
      new Map([
        ["a", { granted: 0, keep: 5 }],
        ["b", { granted: 0, keep: 5 }],
      ]),
    );
    pot.hear("a", 10, ask(8, 8, 3));
    expect(pot.settle().get("b")).toEqual({ granted: 3, keep: 5 });
    pot.hear("a", 10, ask(2, 2, 5));
    // Nobody is short any more.
    expect(pot.settle()).toEqual(
      new Map([
        ["a", { granted: 0, keep: null }],
        ["b", { granted: 4, keep: null }],
      ]),
    );
    expect(pot.out).toBe(9);
  });
  test("lets all have their turn where there are fewer slots than processes", () => {
    const pot = new SlotPot<number>();
    const turns: number[] = [];
    for (const process of [0, 1, 2, 3]) pot.hear(process, 1, ask(1));
    for (let i = 0; i < 8; i++) {
      pot.startRound();
      for (const [process, { granted }] of pot.settle()) if (granted > 0) turns.push(process);
      pot.hear(turns.at(-1) as number, 1, ask(1, 1, 1));
    }
    expect(turns).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });
  test("has all of its slots again when their holders are gone, and hands them to who waits", () => {
    const pot = new SlotPot<string>();
    pot.hear("a", 4, ask(4));
    pot.settle();
    pot.hear("b", 4, ask(4));
    pot.settle();
    pot.gone("a");
    expect(pot.settle()).toEqual(new Map([["b", { granted: 4, keep: null }]]));
    pot.gone("b");
    expect([pot.out, pot.isIdle]).toEqual([0, true]);
  });
  test("takes over what processes hold already, and gets back what is too much", () => {
    const pot = new SlotPot<string>();
    pot.hear("a", 4, { ...ask(4), holds: 4 });
    pot.hear("b", 4, { ...ask(1), holds: 1 });
    expect(pot.settle().get("a")).toEqual({ granted: 0, keep: 3 });
    pot.hear("a", 4, ask(3, 3, 1));
    expect(pot.settle().get("a")).toEqual({ granted: 0, keep: null });
    expect(pot.out).toBe(4);
  });
  test("gets slots back when the limit is lowered", () => {
    const pot = new SlotPot<string>();
    pot.hear("a", 10, ask(6));
    pot.hear("b", 10, ask(4));
    pot.settle();
    pot.hear("b", 4, ask(4));
    expect(pot.settle()).toEqual(
      new Map([
        ["a", { granted: 0, keep: 2 }],
        ["b", { granted: 0, keep: 2 }],
      ]),
    );
  });
});

describe("a process's slots", () => {
  const holding = (count: number, limit = 8, processes = 4) => {
    const slots = new LeasedSlots();
    slots.configure(limit, processes, { inUse: 0, waiting: 0 });
    slots.hear({ granted: count, keep: null }, { inUse: 0, waiting: 0 });
    return slots;
  };
  test("are asked for ahead of need when the last is used, and not again before there is an answer", () => {
    const slots = holding(2);
    expect(slots.full({ inUse: 2, waiting: 0 })).toEqual({ need: 2, want: 3, back: 0 });
    expect(slots.full({ inUse: 2, waiting: 0 })).toBeNull();
    expect(slots.full({ inUse: 2, waiting: 3 })).toEqual({ need: 5, want: 5, back: 0 });
    expect(slots.full({ inUse: 2, waiting: 4 })).toBeNull();
  });
  test("beyond the share are given back once they were idle for half a second, and not a millisecond before", () => {
    const slots = holding(6);
    slots.used(5);
    const demand = { inUse: 1, waiting: 0 };
    expect(slots.everySoOften(demand, IDLE_SLOTS_MS)).toEqual({ need: 1, want: 5, back: 1 });
    expect(slots.everySoOften(demand, 2 * IDLE_SLOTS_MS - 1)).toBeNull();
    expect(slots.everySoOften(demand, 2 * IDLE_SLOTS_MS)).toEqual({ need: 1, want: 2, back: 3 });
    expect([slots.held, slots.isDue]).toEqual([2, false]);
  });
  test("are given back at once when another process needs them, those in use as they come free", () => {
    const slots = holding(6);
    expect(slots.hear({ granted: 0, keep: 3 }, { inUse: 4, waiting: 0 })).toEqual({ need: 4, want: 4, back: 2 });
    expect(slots.capacity).toBe(3);
    expect(slots.giveBack({ inUse: 3, waiting: 9 })).toEqual({ need: 8, want: 3, back: 1 });
    expect(slots.giveBack({ inUse: 2, waiting: 1 })).toBeNull();
    expect(slots.giveBack({ inUse: 2, waiting: 0 })).toEqual({ need: 2, want: 2, back: 1 });
    expect(slots.hear({ granted: 0, keep: null }, { inUse: 2, waiting: 0 })).toBeNull();
    expect(slots.giveBack({ inUse: 0, waiting: 0 })).toBeNull();
  });
  test("are not kept from others for requests that went elsewhere", () => {
    const slots = holding(1);
    slots.full({ inUse: 1, waiting: 5 });
    expect(slots.everySoOften({ inUse: 1, waiting: 0 }, 100)).toEqual({ need: 1, want: 1, back: 0 });
  });
});

/** Processes and a pot, whose messages are under way for as long as the test likes. */
class World {
  readonly pot = new SlotPot<number>();
  readonly processes: { slots: LeasedSlots; inUse: number; waiting: number }[] = [];
  readonly toPot: [number, SlotAsk][] = [];
  readonly toProcess: [number, SlotNews][] = [];
  limit: number;
  served: number[];

  constructor(limit: number, count: number) {
    this.limit = limit;
    this.served = Array.from({ length: count }, () => 0);
    for (let i = 0; i < count; i++) {
      this.processes.push({ slots: new LeasedSlots(), inUse: 0, waiting: 0 });
      this.tell(i, this.at(i).slots.configure(limit, count, this.at(i)));
    }
  }
  at = (i: number) => this.processes[i] as World["processes"][number];
  tell(i: number, message: SlotAsk | null): void {
    if (message) this.toPot.push([i, message]);
  }
  request(i: number): void {
    this.at(i).waiting++;
    this.serve(i);
  }
  serve(i: number): void {
    const process = this.at(i);
    while (process.waiting > 0 && process.inUse < process.slots.capacity) {
      process.waiting--;
      process.inUse++;
      (this.served[i] as number)++;
      process.slots.used(process.inUse);
    }
    if (process.inUse >= process.slots.capacity && (process.waiting > 0 || process.inUse > 0))
      this.tell(i, process.slots.full(process));
  }
  finish(i: number): void {
    const process = this.at(i);
    if (process.inUse === 0) return;
    process.inUse--;
    this.tell(i, process.slots.giveBack(process));
    this.serve(i);
  }
  hearOne(): boolean {
    const message = this.toPot.shift();
    if (!message) return false;
    this.pot.hear(message[0], this.limit, message[1]);
    this.settle();
    return true;
  }
  settle(): void {
    for (const told of this.pot.settle()) this.toProcess.push(told);
  }
  tellOne(): boolean {
    const message = this.toProcess.shift();
    if (!message) return false;
    const [i, news] = message;
    this.tell(i, this.at(i).slots.hear(news, this.at(i)));
    this.serve(i);
    return true;
  }
  quiesce(): void {
    for (let steps = 0; this.hearOne() || this.tellOne(); steps++) if (steps > 10_000) throw new Error("no end");
  }
}

const STEPS = ["request", "finish", "hear", "tell", "tick"] as const;

describe("processes and a pot together", () => {
  test("never have more in flight than there are slots, however messages cross, and forget none", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(3)), { maxLength: 300 }),
        (limit, count, steps) => {
          const world = new World(limit, count);
          let nowMs = 0;
          for (const [step, of] of steps) {
            const i = of % count;
            if (step === "request") world.request(i);
            else if (step === "finish") world.finish(i);
            else if (step === "hear") world.hearOne();
            else if (step === "tell") world.tellOne();
            else {
              nowMs += 100;
              world.tell(i, world.at(i).slots.everySoOften(world.at(i), nowMs));
            }
            expect(sum(world.processes.map(({ inUse }) => inUse))).toBeLessThanOrEqual(limit);
          }
          world.quiesce();
          expect(sum(world.processes.map(({ slots }) => slots.held))).toBe(world.pot.out);
          // Where some wait, all slots are in use: none lies idle with another process.
          if (world.processes.some(({ waiting }) => waiting > 0))
            expect(sum(world.processes.map(({ inUse }) => inUse))).toBe(limit);
          // As requests end, all who wait are served.
          for (let round = 0; world.processes.some(({ inUse, waiting }) => inUse + waiting > 0); round++) {
            expect(round).toBeLessThan(400);
            for (let i = 0; i < count; i++) world.finish(i);
            world.quiesce();
          }
        },
      ),
      { numRuns: 300 },
    );
  });
  test("let one process use all slots when the others need none", () => {
    const world = new World(10, 4);
    world.quiesce();
    for (let i = 0; i < 12; i++) world.request(2);
    world.quiesce();
    expect(world.at(2)).toMatchObject({ inUse: 10, waiting: 2 });
  });
  test("serve every process while all have more requests than slots", () => {
    const world = new World(2, 4);
    world.quiesce();
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 4; i++) if (world.at(i).waiting < 5) world.request(i);
      world.quiesce();
      for (let i = 0; i < 4; i++) world.finish(i);
      world.quiesce();
      world.pot.startRound();
      world.settle();
    }
    const fewest = Math.min(...world.served);
    expect(fewest).toBeGreaterThan((0.8 * sum(world.served)) / 4);
  });
});
