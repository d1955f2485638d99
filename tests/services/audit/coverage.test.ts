// Every endpoint that changes something, from the table: it leaves an entry when it succeeds and none when it fails. One that
// is added without a scenario (scenarios.ts) fails.
import { afterEach, beforeAll, expect, it } from "vitest";
import { isAuditAction, isImport } from "#components/audit/audit-actions.ts";
import { useAuditWords } from "#components/audit/use-audit-words.ts";
import { changedFields } from "#lib/client/json-diff.ts";
import { LOCALES } from "#lib/i18n/locales.ts";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { db } from "#lib/store/db.ts";
import { wordsIn } from "#tests/support/words.ts";
import { serveApi } from "../harness.ts";
import { beginScenarios, ELSEWHERE, endCanary, SCENARIOS } from "./scenarios.ts";

serveApi();
beforeAll(beginScenarios);
afterEach(endCanary);

const changing = ENDPOINTS.filter(({ method }) => method !== "GET").map(({ operationId }) => operationId);
type Told = { action: string; targetKind: string; before: unknown; after: unknown };
/** What a page in any language would show as a code: an action, the name of a field, or a value. */
function rawIn({ action, targetKind, before, after }: Told): string[] {
  const raw = isAuditAction(action) || isImport(action) ? [] : [action];
  for (const words of LOCALES.map((locale) => wordsIn(locale, useAuditWords)))
    for (const { path, ...sides } of changedFields(before, after)) {
      if (words.label(targetKind, path) === path) raw.push(`${targetKind} ${path}`);
      for (const value of [sides.before, sides.after]) {
        const told = words.value(targetKind, path, value);
        if (/^[[{]|"[a-z]+":|undefined|^(?:true|false)$|^\d{4}-\d{2}-\d{2}T/.test(told))
          raw.push(`${targetKind} ${path}: ${told}`);
      }
    }
  return raw;
}
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
      expect(rawIn(entry), `${entry.action} is told in words`).toEqual([]);
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
