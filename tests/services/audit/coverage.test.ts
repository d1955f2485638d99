// Every endpoint that changes something, from the table: it leaves an entry when it succeeds and none when it fails. One that
// is added without a scenario (scenarios.ts) fails.
import { afterEach, beforeAll, expect, it } from "vitest";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { db } from "#lib/store/db.ts";
import { serveApi } from "../harness.ts";
import { beginScenarios, ELSEWHERE, endCanary, SCENARIOS } from "./scenarios.ts";

serveApi();
beforeAll(beginScenarios);
afterEach(endCanary);

const changing = ENDPOINTS.filter(({ method }) => method !== "GET").map(({ operationId }) => operationId);
const newest = async () => (await db().audit.findFirst({ orderBy: { id: "desc" }, select: { id: true } }))?.id ?? 0n;

it("has a scenario for every endpoint that changes something", () => {
  expect([...Object.keys(SCENARIOS), ...Object.keys(ELSEWHERE)].toSorted()).toEqual(changing.toSorted());
});

it.each(Object.keys(SCENARIOS))(
  "%s leaves an entry when it succeeds, with who, what and from where",
  async (operationId) => {
    const act = await SCENARIOS[operationId]?.good();
    const before = await newest();
    const answer = await act?.();
    expect(answer?.status, JSON.stringify(answer?.body)).toBeLessThan(300);
    const entries = await db().audit.findMany({ where: { id: { gt: before } } });
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        action: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/),
        actorName: expect.stringMatching(/./),
      });
      expect(entry.tokenId !== null).toBe(entry.actorKind === "token");
      expect(JSON.stringify([entry.before, entry.after])).not.toMatch(/correct horse|PRIVATE KEY|gb_[A-Za-z0-9]{20}/);
    }
  },
);

it.each(Object.keys(SCENARIOS))("%s leaves none when it fails", async (operationId) => {
  const act = await SCENARIOS[operationId]?.bad();
  const before = await newest();
  const answer = await act?.();
  expect(answer?.status, JSON.stringify(answer?.body)).toBeGreaterThanOrEqual(400);
  expect(await newest()).toBe(before);
});
