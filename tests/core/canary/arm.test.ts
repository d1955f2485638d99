import { describe, expect, it } from "vitest";
import { hashText } from "#lib/core/balance/hash.ts";
import { canarySeed, isOfCanary } from "#lib/core/canary/arm.ts";

const ID = "0198f2c4-0000-7000-8000-000000000001";
const OTHER = "0198f2c4-0000-7000-8000-000000000002";
const clients = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);

describe("the clients of a canary", () => {
  it.each([1, 10, 50])("are %i percent of them, within half a point", (sharePercent) => {
    const seed = canarySeed(ID);
    const chosen = clients.filter((client) => isOfCanary(client, seed, sharePercent)).length;
    expect(Math.abs((100 * chosen) / clients.length - sharePercent)).toBeLessThan(0.75);
  });

  it("are the same in every process, whenever it starts: a known answer", () => {
    const chosen = clients.slice(0, 60).flatMap((client, i) => (isOfCanary(client, canarySeed(ID), 10) ? [i] : []));
    expect(chosen).toMatchInlineSnapshot(`
      [
        21,
        28,
        36,
      ]
    `);
  });

  it("stay in it when the share grows", () => {
    const seed = canarySeed(ID);
    for (const client of clients) if (isOfCanary(client, seed, 10)) expect(isOfCanary(client, seed, 11)).toBe(true);
  });

  it("are others for the next canary", () => {
    const [a, b] = [canarySeed(ID), canarySeed(OTHER)];
    const both = clients.filter((client) => isOfCanary(client, a, 10) && isOfCanary(client, b, 10)).length;
    // By chance one in a hundred is in both.
    expect(both / clients.length).toBeLessThan(0.02);
  });

  it("are spread over all nodes by the hash that balances", () => {
    const seed = canarySeed(ID);
    const perNode = new Array(8).fill(0);
    const chosen = clients.filter((client) => isOfCanary(client, seed, 10));
    for (const client of chosen) perNode[hashText(client) % 8]++;
    for (const n of perNode) expect(n / chosen.length).toBeGreaterThan(0.08);
  });
});
