import { expect, it } from "vitest";
import { ALERT_KINDS } from "#lib/contracts/config/alert-rule.ts";
import { historyOf } from "#lib/core/alerts/back-test.ts";
import { backTestCanaries, backTestCertificates, backTestEpisodes } from "#lib/core/alerts/back-test-episodes.ts";
import { NOW, rule, world } from "./rig.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const fleet = world();
const range = { fromMs: NOW - 7 * DAY_MS, toMs: NOW };

it("only how long connecting took has no history, of all kinds of rules", () => {
  const conditionOf = (kind: string) =>
    rule(kind, {}, kind === "expression" ? { expression: "queued > 1" } : {}).condition;
  expect(ALERT_KINDS.filter((kind) => historyOf(conditionOf(kind)) === "none")).toEqual(["connect-time"]);
  const of = (expression: string) => historyOf(rule("expression", {}, { of: "node", expression }).condition);
  expect([of("consecutive_failures > 2"), of("connect_ms > 1"), of("cpu_ratio > 1")]).toEqual([
    "none",
    "none",
    "spans",
  ]);
});

it("a certificate would have fired so many days before its end, from when it was there on, and ended when it was not", () => {
  const certificate = (id: string, endsInMs: number, sinceMs: number) => ({
    ...{ id, name: id, notAfterMs: NOW + endsInMs, sinceMs },
  });
  const certificates = [
    certificate("soon", 10 * DAY_MS, 0),
    certificate("late", 10 * DAY_MS, NOW - HOUR_MS),
    certificate("far", 30 * DAY_MS, 0),
    { id: "bad", name: "bad", notAfterMs: null, sinceMs: 0 },
  ];
  const firings = backTestCertificates(rule("certificate-expiry"), fleet, certificates, range);
  expect(firings.map(({ subjectName, firedMs }) => [subjectName, NOW - firedMs])).toEqual([
    ["soon", 4 * DAY_MS - 1],
    ["late", HOUR_MS],
  ]);
});

it("a canary that was rolled back would have been told of for as long as the rule says", () => {
  const canaries = [{ id: "c", revision: 7, endedMs: NOW - 5 * HOUR_MS, reason: "error-rate", detail: "" }];
  expect(backTestCanaries(rule("canary-rolled-back"), fleet, canaries, range)).toMatchObject([
    { subjectName: "r7", firedMs: NOW - 5 * HOUR_MS, resolvedMs: NOW - 4 * HOUR_MS },
  ]);
});

it("an episode fires when it lasted for as long as the rule waits, and not a millisecond less", () => {
  const about = { subjectKind: "worker", subjectId: "w", subjectName: "edge", reason: "silent" };
  const episode = (lastedMs: number) => [{ ...about, sinceMs: NOW - HOUR_MS, untilMs: NOW - HOUR_MS + lastedMs }];
  const lost = rule("worker-lost", {}, { afterMs: 60_000 });
  expect(backTestEpisodes(lost, episode(59_999), range)).toEqual([]);
  expect(backTestEpisodes(lost, episode(60_000), range)).toMatchObject([
    { firedMs: NOW - HOUR_MS + 60_000, resolvedMs: NOW - HOUR_MS + 60_000, value: 60_000 },
  ]);
  const open = [{ ...about, sinceMs: NOW - HOUR_MS, untilMs: null }];
  expect(backTestEpisodes(lost, open, range)).toMatchObject([{ resolvedMs: null, value: HOUR_MS }]);
});
