// Rules of alerts over the API: configuration like any other; silences and windows, which are at once; history.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { api, faultPaths, makePool, serveApi } from "./harness.ts";

serveApi();

const HOUR_MS = 3_600_000;
const publisher = (method: string, path: string, body?: unknown) => api(method, path, { as: "publisher", body });
const operator = (method: string, path: string, body?: unknown) => api(method, path, { as: "operator", body });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const key = () => `r-${randomUUID().slice(0, 8)}`;

describe("rules", () => {
  it("are there by themselves, are changed field by field as revisions, and removed come as they were", async () => {
    const { body } = await api("GET", "/alert-rules");
    expect(body.items.find((rule: { key: string }) => rule.key === "health-check-failed")).toMatchObject({
      level: 1,
      isBuiltIn: true,
      isChanged: false,
      condition: { failures: 3 },
    });
    expect(body.metrics).toContainEqual({ name: "p99_ms", unit: "ms", of: ["pool", "node"], over: "window" });
    const changed = await publisher("PATCH", "/alert-rules/latency", {
      condition: { aboveMs: 800 },
      scope: { pools: ["pay*"] },
    });
    expect(changed.body).toMatchObject({ isChanged: true, level: 2, condition: { aboveMs: 800, percentile: 99 } });
    const revision = (await api("GET", `/revisions/${changed.body.revision}`)).body;
    expect(revision.changes).toMatchObject([{ kind: "proxy", change: "changed" }]);
    expect(revision.changes[0].fields.map((field: { path: string }) => field.path)).toContain(
      "alertRules.latency.condition.aboveMs",
    );
    expect((await publisher("DELETE", "/alert-rules/latency")).status).toBe(204);
    expect((await api("GET", "/alert-rules/latency")).body).toMatchObject({
      isChanged: false,
      condition: { aboveMs: 500 },
    });
  });

  it("are collected in change sets, and removed in them, like all configuration", async () => {
    const own = key();
    await publisher("POST", "/alert-rules", { key: own, condition: { kind: "worker-lost" } });
    const { id } = (await publisher("POST", "/change-sets", { name: `c ${own}` })).body;
    expect((await publisher("DELETE", `/alert-rules/${own}?changeSet=${id}`)).status).toBe(204);
    expect((await api("GET", `/alert-rules/${own}`)).status).toBe(200);
    expect((await api("GET", `/alert-rules/${own}?changeSet=${id}`)).status).toBe(404);
    const published = await publisher("POST", `/change-sets/${id}/publish`, {});
    expect(published.status, JSON.stringify(published.body)).toBe(200);
    expect((await api("GET", `/alert-rules/${own}`)).status).toBe(404);
  });

  it("names every fault by the rule's own fields, those of an expression with their place", async () => {
    const bad = { key: key(), level: 9, condition: { kind: "expression", expression: "p99_ms >" } };
    const answer = await publisher("POST", "/alert-rules", bad);
    expect(faultPaths(answer)).toEqual(["condition.expression", "level"]);
    expect(JSON.stringify(answer.body)).toContain("at 9: ends where a figure or a number is missing");
    expect(faultPaths(await publisher("PATCH", "/alert-rules/latency", { condition: { aboveMs: -1 } }))).toEqual([
      "condition.aboveMs",
    ]);
    expect(
      (await publisher("POST", "/alert-rules", { key: "latency", condition: { kind: "latency" } })).body.code,
    ).toBe("duplicate-name");
    expect((await operator("PATCH", "/alert-rules/latency", { level: 3 })).status).toBe(403);
  });
});

describe("silences", () => {
  it("need a matcher, a reason and an end within a month, and are ended once", async () => {
    expect(faultPaths(await operator("POST", "/silences", { matchers: {}, comment: "" }))).toEqual([
      "comment",
      "endsAt",
      "matchers",
    ]);
    const far = { matchers: { levels: [2] }, comment: "x", endsAt: inMs(31 * 24 * HOUR_MS) };
    expect(faultPaths(await operator("POST", "/silences", far))).toEqual(["endsAt"]);
    expect(faultPaths(await operator("POST", "/silences", { ...far, endsAt: inMs(-1) }))).toEqual(["endsAt"]);
    const { body } = await operator("POST", "/silences", { ...far, endsAt: inMs(HOUR_MS) });
    expect(body).toMatchObject({ state: "active", matching: 0, endedBy: null });
    expect((await api("GET", "/silences?state=active")).body.items.map((one: { id: string }) => one.id)).toContain(
      body.id,
    );
    expect((await operator("DELETE", `/silences/${body.id}`)).body).toMatchObject({ state: "ended" });
    expect((await operator("DELETE", `/silences/${body.id}`)).body.code).toBe("conflict");
    expect((await api("POST", "/silences", { as: "viewer", body: far })).status).toBe(403);
  });

  it("windows say when they are open next, by their own clocks", async () => {
    const schedule = { timeZone: "Asia/Shanghai", start: "02:30", durationMinutes: 30 };
    const made = await operator("POST", "/maintenance-windows", { name: "nightly", schedule });
    expect(made.body).toMatchObject({ mode: "mute", enabled: true });
    expect(new Date(made.body.nextStartsAt).toISOString()).toMatch(/T18:30:00/);
    expect((await operator("POST", "/maintenance-windows", { name: "Nightly", schedule })).body.code).toBe(
      "duplicate-name",
    );
    expect(
      faultPaths(
        await operator("POST", "/maintenance-windows", { name: "x", schedule: { ...schedule, timeZone: "Mars" } }),
      ),
    ).toEqual(["schedule.timeZone"]);
  });
});

describe("history", () => {
  it("is filtered by level, kind, state and words, exported, and has notes and a timeline", async () => {
    const pool = await makePool();
    // However long it takes to get there.
    const beganMs = Date.now();
    const alert = (at: number, more: object) => ({
      level: 2,
      rule: "latency",
      ruleKey: "latency",
      fingerprint: randomUUID(),
      state: "resolved",
      poolId: pool.id,
      poolName: pool.name,
      nodeName: "",
      subjectName: pool.name,
      reason: "above-limit",
      consecutiveFailures: 0,
      firedAt: new Date(beganMs - at * 1_000),
      resolvedAt: new Date(),
      ...more,
    });
    await db().alert.createMany({
      data: [
        alert(3, {}),
        alert(2, { level: 1, rule: "error-rate" }),
        alert(1, { detail: "=cmd()", nodeName: "sg-1" }),
      ],
    });
    const found = async (query: string) => (await api("GET", `/alerts?poolId=${pool.id}&${query}`)).body.items.length;
    expect(await found("level=1")).toBe(1);
    expect(await found("level=1,2")).toBe(3);
    expect(await found("rule=latency")).toBe(2);
    expect(await found("text=SG-")).toBe(1);
    expect(await found("acknowledged=true")).toBe(0);
    expect(await found(`from=${encodeURIComponent(new Date(beganMs - 2_500).toISOString())}`)).toBe(2);
    expect(faultPaths(await api("GET", "/alerts?level=7&rule=x"))).toEqual(["level.0", "rule.0"]);
    const [newest] = (await api("GET", `/alerts?poolId=${pool.id}`)).body.items;
    const noted = await operator("POST", `/alerts/${newest.id}/notes`, { note: "a deploy" });
    expect(noted.body).toMatchObject({ what: "noted", note: "a deploy" });
    expect((await api("GET", `/alerts/${newest.id}/events`)).body.items).toMatchObject([{ what: "noted" }]);
    expect((await api("GET", "/audit?action=alert.note", { as: "admin" })).body.items).toMatchObject([
      { targetId: newest.id },
    ]);
  });
});

describe("labels of the history", () => {
  it("filter it and its exports as silences match them, over what pool or node had when it fired", async () => {
    const pool = await makePool();
    const alert = (labels: object | undefined, at: number) => ({
      ...{
        level: 2,
        rule: "latency",
        ruleKey: "latency",
        fingerprint: randomUUID(),
        state: "resolved",
        poolId: pool.id,
      },
      ...{ poolName: pool.name, nodeName: `n${at}`, reason: "above-limit", consecutiveFailures: 0, labels },
      ...{ firedAt: new Date(Date.now() - at * 1_000), resolvedAt: new Date() },
    });
    await db().alert.createMany({
      data: [
        alert({ env: "prod", zone: "eu-1" }, 1),
        alert({ zone: "us-1", env: "prod" }, 2),
        alert({}, 3),
        alert(undefined, 4),
      ],
    });
    const query = (label: string) => `poolId=${pool.id}&label=${encodeURIComponent(label)}`;
    const found = async (label: string): Promise<string[]> =>
      (await api("GET", `/alerts?${query(label)}`)).body.items.map(({ nodeName }: { nodeName: string }) => nodeName);
    expect(await found("env=prod")).toEqual(["n1", "n2"]);
    expect(await found("env=prod,zone=~eu-.*")).toEqual(["n1"]);
    expect(await found("zone!~eu-\\d{1,3}")).toEqual(["n2", "n3"]);
    expect(await found("env=")).toEqual(["n3"]);
    expect(await found("env!=prod")).toEqual(["n3"]);
    expect(await found("env=dev")).toEqual([]);
    const lines = (await api("GET", `/alerts/export.csv?${query("zone=us-1")}`)).text.trim().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("n2");
    expect(faultPaths(await api("GET", "/alerts?label=env"))).toEqual(["label.0.op"]);
    expect(faultPaths(await api("GET", "/alerts/export.jsonl?label=env%3D~("))).toEqual(["label.0.value"]);
  });
});

describe("silences and windows of another version", () => {
  it("are shown with what cannot be read, among the others, and can be ended and deleted", async () => {
    const about = {
      comment: "from tomorrow",
      startsAt: new Date(),
      endsAt: new Date(Date.now() + HOUR_MS),
      createdBy: "x",
    };
    const silence = await db().silence.create({ data: { ...about, matchers: { kinds: ["of-tomorrow"] } } });
    const name = `odd ${randomUUID().slice(0, 8)}`;
    const schedule = { timeZone: "Mars/Olympus", weekdays: [], start: "02:00", durationMinutes: 60 };
    const window = await db().maintenanceWindow.create({
      data: { name, nameKey: name, enabled: true, mode: "mute", matchers: {}, schedule },
    });
    const unreadable = { matchers: null, state: "active", unreadable: "matchers.kinds.0" };
    const { items } = (await api("GET", "/silences")).body;
    expect(items.find(({ id }: { id: string }) => id === silence.id)).toMatchObject(unreadable);
    expect((await api("GET", `/silences/${silence.id}`)).body).toMatchObject(unreadable);
    const windows = (await api("GET", "/maintenance-windows")).body.items;
    expect(windows.find(({ id }: { id: string }) => id === window.id)).toMatchObject({
      ...{ name, mode: null, matchers: null, schedule: null, isOpen: false, nextStartsAt: null },
      unreadable: "schedule.timeZone",
    });
    expect((await operator("DELETE", `/silences/${silence.id}`)).body).toMatchObject({ ...unreadable, state: "ended" });
    expect((await operator("DELETE", `/maintenance-windows/${window.id}`)).status).toBe(204);
    const target = {
      kind: "webhook",
      language: "en",
      leadsTo: "x",
      sealedTarget: "x",
      match: { rules: ["of-tomorrow"] },
    };
    const channel = await db().notificationChannel.create({ data: { name, nameKey: name, enabled: true, ...target } });
    expect((await api("GET", `/notification-channels/${channel.id}`)).body).toMatchObject({
      ...{ match: { leastLevel: 4, rules: [] }, unreadable: "match.rules.0" },
    });
    expect((await api("GET", "/notification-channels")).status).toBe(200);
  });
});

describe("an alert of a kind that this version does not know", () => {
  it("is shown as such, among the others", async () => {
    const about = { level: 2, rule: "of-tomorrow", ruleKey: "mine", fingerprint: randomUUID(), state: "firing" };
    const { id } = await db().alert.create({
      data: { ...about, poolName: "", nodeName: "", reason: "x", consecutiveFailures: 0, firedAt: new Date() },
    });
    const { body } = await api("GET", `/alerts/${id}`);
    expect(body).toMatchObject({ id, rule: "unknown", ruleKey: "mine" });
    expect((await api("GET", "/alerts?limit=1")).body.items).toMatchObject([{ id, rule: "unknown" }]);
  });
});

describe("faults of rules", () => {
  it("are told beside the rules, with the time they began", async () => {
    await db().alertRuleFault.create({
      data: { ruleKey: "certificate-expiry", code: "certificate-unreadable", what: "old" },
    });
    const { body } = await api("GET", "/alert-rules");
    expect(body.faults).toMatchObject([{ ruleKey: "certificate-expiry", code: "certificate-unreadable", what: "old" }]);
    expect(Date.parse(body.faults[0].since)).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe("labels", () => {
  it("of pools and nodes are configuration, and what matches them is refused with its place when it cannot be read", async () => {
    const pool = await makePool();
    const changed = await publisher("PATCH", `/pools/${pool.id}`, { labels: { env: "prod" } });
    expect(changed.body).toMatchObject({ labels: { env: "prod" } });
    expect(faultPaths(await publisher("PATCH", `/pools/${pool.id}`, { labels: { "a b": "x" } }))[0]).toMatch(/^labels/);
    const node = await publisher("POST", `/pools/${pool.id}/nodes`, {
      ...{ name: "n", url: "http://127.0.0.1:9", labels: { zone: "eu-1" } },
    });
    expect(node.body).toMatchObject({ labels: { zone: "eu-1" } });
    const silence = (labels: object[]) => ({ matchers: { labels }, comment: "x", endsAt: inMs(HOUR_MS) });
    const made = await operator("POST", "/silences", silence([{ name: "env", op: "=~", value: "pr.*" }]));
    expect(made.body.matchers.labels).toEqual([{ name: "env", op: "=~", value: "pr.*" }]);
    const broken = [
      { name: "env", value: "(" },
      { name: "env", op: "=~", value: "(a)\\1" },
      { name: "a b", value: "" },
    ];
    expect(faultPaths(await operator("POST", "/silences", silence(broken)))).toEqual([
      "matchers.labels.1.value",
      "matchers.labels.2.name",
    ]);
  });
});

describe("a rule of a kind that this version does not know", () => {
  it("is listed as such, and the rest of its revision is used", async () => {
    const changed = await publisher("PATCH", "/alert-rules/latency", { level: 4 });
    const { revision } = changed.body;
    const [row] = await db().$queryRaw<{ document: Record<string, Record<string, Record<string, object>>> }[]>`
      SELECT revision_document(${revision}::int) AS document`;
    const rules = { ...row?.document.proxy?.alertRules, later: { name: "soon", condition: { kind: "of-tomorrow" } } };
    const whole = JSON.stringify({ ...row?.document, proxy: { ...row?.document.proxy, alertRules: rules } });
    await db().$executeRaw`INSERT INTO config_part VALUES (md5(${whole}), ${whole}::jsonb)`;
    await db().$executeRaw`INSERT INTO revision ("number", layout, author, change_count)
      VALUES (${revision + 1}::int, jsonb_build_object('whole', md5(${whole})), 'newer', 1)`;
    const { body } = await api("GET", "/alert-rules");
    expect(body.unknown).toEqual([{ key: "later", kind: "of-tomorrow", name: "soon" }]);
    expect(body.items.find((rule: { key: string }) => rule.key === "latency")).toMatchObject({ level: 4 });
    expect(body.items.some((rule: { key: string }) => rule.key === "later")).toBe(false);
    // What is published here goes on without it.
    expect((await publisher("PATCH", "/alert-rules/latency", { level: 3 })).status).toBe(200);
    expect((await api("GET", "/alert-rules")).body.unknown).toEqual([]);
  });
});
