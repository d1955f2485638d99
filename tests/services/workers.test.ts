// How far the workers are, as the API tells it.
import { expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { makeWorker } from "./fleet.ts";
import { api, makePool, serveApi } from "./harness.ts";

serveApi();

it("tells since when each worker runs its revision, and how long ago the first one was published that it lacks", async () => {
  for (let count = 0; count < 3; count++) await makePool();
  const [first, second, third] = await db().revision.findMany({ orderBy: { number: "asc" } });
  if (!first || !second || !third) throw new Error("three revisions were published");
  const runs = { revisionSince: new Date("2026-11-28T10:00:00Z") };
  const processes = [{ process: 0, pid: 7, revision: third.number, sinceMs: 1 }];
  await makeWorker("a");
  await db().worker.update({ where: { id: "a" }, data: { ...runs, revision: third.number, processes } });
  await makeWorker("b");
  await db().worker.update({
    where: { id: "b" },
    data: { revision: first.number, refusedRevision: third.number, refusal: "no", refusedSince: new Date() },
  });
  const { body } = await api("GET", "/workers", { as: "viewer" });
  expect(body.items).toMatchObject([
    { id: "a", revisionSince: "2026-11-28T10:00:00.000Z", behindSince: null, refusedSince: null, processes },
    {
      id: "b",
      revisionSince: null,
      behindSince: second.publishedAt.toISOString(),
      refusedRevision: third.number,
      refusedSince: expect.any(String),
      processes: [],
    },
  ]);
  const health = await api("GET", "/health", { as: null });
  expect(health.body.workers).toEqual(body.items);
});
