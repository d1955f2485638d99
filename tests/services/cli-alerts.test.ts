import { expect, it, vi } from "vitest";
import { db } from "#lib/store/db.ts";
import { serveCli } from "./cli-rig.ts";
import { api, serveApi } from "./harness.ts";

// Each command is a process: on a machine with company they take their time to start.
vi.setConfig({ testTimeout: 180_000 });
serveApi();
const rig = serveCli();
const asOperator = { env: { GB_API_TOKEN: "test-token-of-operator" } };

it("lists what fires, takes an alert on by the beginning of its id, notes, and shows what happened", async () => {
  expect((await rig.gb(["alerts"])).err).toContain("Nothing is wrong.");
  const { id } = await db().alert.create({
    data: {
      ...{ rule: "node-ejected", level: 2, fingerprint: "of the cli", state: "firing", poolName: "pay", nodeName: "a" },
      ...{ reason: "status-502", consecutiveFailures: 0, firedAt: new Date() },
    },
  });
  const listed = await rig.gb(["alerts", "list", "--level", "1,2"]);
  expect(listed.out).toMatch(/LEVEL +STATE/);
  expect(listed.out).toMatch(/2 +firing .*node-ejected +pay\/a +status-502/);
  expect(await rig.gb(["alerts", "ack", id.slice(0, 8), "--note", "mine"], asOperator)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`alert/${id} is yours`),
  });
  expect((await rig.gb(["alerts", "note", id, "a new disk"], asOperator)).code).toBe(0);
  const { out } = await rig.gb(["alerts", "show", id]);
  expect(out).toMatch(/Taken on: +\S+ by a operator/);
  expect(out).toMatch(/noted +a operator +a new disk/);
  expect((await rig.gb(["alerts", "ack", "ffffffff"], asOperator)).err).toContain("no firing alert begins with");
  expect((await rig.gb(["alerts", "frobnicate"])).err).toContain('"frobnicate" is none of');
});

it("lists the alerts whose labels fit all that is named, of what ended too when asked", async () => {
  const alert = (nodeName: string, labels: Record<string, string> | undefined, state = "firing") => ({
    ...{ rule: "node-ejected", level: 2, fingerprint: `labels of ${nodeName}`, state, poolName: "web", nodeName },
    ...{ reason: "status-502", consecutiveFailures: 0, firedAt: new Date(), labels },
    ...(state === "resolved" && { resolvedAt: new Date() }),
  });
  await db().alert.createMany({
    data: [
      alert("eu-prod", { env: "prod", zone: "eu-west" }),
      alert("us-prod", { env: "prod", zone: "us-east" }),
      alert("eu-test", { env: "test", zone: "eu-west" }),
      alert("eu-ended", { env: "prod", zone: "eu-north" }, "resolved"),
      alert("unlabelled", undefined),
    ],
  });
  const named = async (...args: string[]) => {
    const { code, out, err } = await rig.gb(["alerts", "list", ...args, "-o", "json"]);
    expect([code, err]).toEqual([0, ""]);
    return JSON.parse(out)
      .items.map((each: { nodeName: string }) => each.nodeName)
      .toSorted();
  };
  expect(await named("--label", "env=prod")).toEqual(["eu-prod", "us-prod"]);
  expect(await named("--label", "env=prod,zone=~eu-.*")).toEqual(["eu-prod"]);
  expect(await named("-l", "env=prod,zone!~us-.*", "--all")).toEqual(["eu-ended", "eu-prod"]);
  expect(await named("--label", "env!=prod", "--level", "2")).toEqual(["eu-test"]);
  expect((await rig.gb(["alerts", "list", "--label", "env=nowhere"])).err).toContain("Nothing is wrong.");
  const slip = await rig.gb(["alerts", "list", "--label", "env"]);
  expect(slip.code).toBe(1);
  expect(slip.err).toContain("label");
});

it("makes a silence with a reason and an end, lists it, and ends it", async () => {
  expect((await rig.gb(["silence", "add", "--for", "2h", "-m", "why"], asOperator)).err).toContain(
    "name what is to be",
  );
  expect((await rig.gb(["silence", "add", "--pool", "pay"], asOperator)).err).toContain("--comment must say why");
  const made = await rig.gb(
    ["silence", "add", "--pool", "pay*", "--level", "2,3", "--for", "2h", "-m", "new disks", "-o", "json"],
    asOperator,
  );
  const [silence] = JSON.parse(made.out).items;
  expect(silence).toMatchObject({ matchers: { pools: ["pay*"], levels: [2, 3] }, comment: "new disks" });
  expect(Date.parse(silence.endsAt) - Date.parse(silence.startsAt)).toBeGreaterThan(7_100_000);
  expect((await rig.gb(["silence"])).out).toMatch(/active +level=2,3 pool=pay\*/);
  const labelled = await rig.gb(
    ["silence", "add", "--label", "env=prod, team=~a{1,2}|b,zone!~us-.*", "-m", "w"],
    asOperator,
  );
  expect([labelled.code, labelled.err]).toEqual([0, ""]);
  expect((await rig.gb(["silence"])).out).toContain("label:env=prod label:team=~a{1,2}|b label:zone!~us-.*");
  expect((await rig.gb(["silence", "add", "-l", "env", "-m", "w"], asOperator)).err).toContain(
    '--label "env" is none of',
  );
  expect((await rig.gb(["silence", "end", silence.id], asOperator)).out).toContain("ended");
  const { body } = await api("GET", "/silences?state=ended", { as: "viewer" });
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([silence.id]);
});
