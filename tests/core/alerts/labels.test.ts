import { describe, expect, it } from "vitest";
import { matchersInput } from "#components/forms/label-values.ts";
import { AlertScope } from "#lib/contracts/config/alert-rule.ts";
import {
  LabelMatcher,
  LabelMatchers,
  Labels,
  labelMatcherText,
  parseLabelMatcher,
} from "#lib/contracts/config/labels.ts";
import { PoolInput } from "#lib/contracts/config.ts";
import { findingsOf, isInScope } from "#lib/core/alerts/engine.ts";
import { labelsOfNode, matchesLabels } from "#lib/core/alerts/labels.ts";
import { health, rule, world } from "./rig.ts";

const labels = { env: "prod", zone: "eu-1" };
const read = (text: string): LabelMatcher => LabelMatcher.parse(parseLabelMatcher(text));

describe("matchers of labels", () => {
  it("are not made of a name alone, which would mean that it is not there", () => {
    const { error } = LabelMatchers.safeParse(matchersInput(["env"]));
    expect(error?.issues).toMatchObject([{ path: [0, "op"], message: "must have =, !=, =~ or !~ after the name" }]);
  });

  it.each([
    ["env=prod", true],
    ["env=pro", false],
    ["env!=prod", false],
    ["env!=dev", true],
    ["zone=~eu-.*", true],
    ["zone=~eu", false],
    ["zone=~eu|us", false],
    ["zone!~us-.*", true],
    ["zone!~eu-\\d", false],
    ["team=", true],
    ["team!=", false],
    ["team=~.+", false],
    ["team!~web", true],
    ['env="prod"', true],
    [" env = prod ", true],
  ])("%s fits: %s", (text, expected) => expect(matchesLabels([read(text)], labels)).toBe(expected));

  it("need all of them, and fit nothing that is about neither pool nor node, whatever they say must not be", () => {
    expect(matchesLabels([read("env=prod"), read("zone=eu-1")], labels)).toBe(true);
    expect(matchesLabels([read("env=prod"), read("zone=eu-2")], labels)).toBe(false);
    expect(matchesLabels([read("env!=dev")], null)).toBe(false);
    expect(matchesLabels([], null)).toBe(true);
  });

  it("are told as they are written, and are none without a name and an operator", () => {
    for (const text of ["env=prod", "a.b/c!=x y", "zone=~eu-.*", "zone!~a=b"])
      expect(labelMatcherText(read(text))).toBe(text);
    for (const text of ["", "env", "=x", "a b=c", "!=x"]) expect(parseLabelMatcher(text)).toBeNull();
  });

  it("take linear time for what makes regular expressions blow up, and refuse what cannot be matched so", () => {
    const pattern = read(`zone=~${"(a+)+".repeat(10)}b`);
    expect(matchesLabels([pattern], { zone: "a".repeat(200) })).toBe(false);
    for (const value of ["(?=x)y", "(a)\\1", "x{9999}", "("])
      expect(LabelMatcher.safeParse({ name: "zone", op: "=~", value }).error?.issues[0]).toMatchObject({
        path: ["value"],
        message: expect.stringMatching(/^the pattern /),
      });
    expect(LabelMatcher.safeParse({ name: "zone", op: "=", value: "(" }).success).toBe(true);
  });
});

describe("a rule's scope of labels", () => {
  const scope = (...texts: string[]) => AlertScope.parse({ labels: texts.map(read) });
  const node = { kind: "node", id: "n", name: "sg-1", poolId: "p", poolName: "payments", labels } as const;
  const system = { ...node, kind: "system", poolId: null, poolName: "", labels: null } as const;

  it("takes nodes and pools that have them all, and nothing that is about neither", () => {
    expect(isInScope({ scope: scope("env=prod", "zone=~eu-.*") }, node)).toBe(true);
    expect(isInScope({ scope: scope("env=prod", "zone=us-1") }, node)).toBe(false);
    expect(isInScope({ scope: scope("env!=dev") }, system)).toBe(false);
    expect(isInScope({ scope: AlertScope.parse({}) }, system)).toBe(true);
    expect(isInScope({ scope: { ...scope("env=prod"), pools: ["search"] } }, node)).toBe(false);
  });

  it("is none in rules that were stored before there were any", () => {
    expect(AlertScope.parse({ pools: ["pay*"], nodes: [] })).toEqual({ pools: ["pay*"], nodes: [], labels: [] });
  });

  it("is looked at before nodes become one alert of their pool", () => {
    const failed = { troubles: new Map(["n1", "n2"].map((id) => [id, health(3)])) };
    const nodes = world().nodes;
    const second = nodes.get("n2");
    if (!second) throw new Error("the rig has two nodes");
    const apart = new Map([...nodes, ["n2", { ...second, labels: { zone: "us-1" } }] as const]);
    const grouped = rule("health-check-failed", { groupBy: "pool", scope: { labels: [read("zone=eu-1")] } });
    const [finding] = findingsOf(grouped, world({ ...failed, nodes: apart })).values();
    expect(finding?.figures).toMatchObject({ nodes: 1, names: "sg-1" });
  });
});

describe("labels", () => {
  it("of a node lie over its pool's", () => {
    expect(labelsOfNode({ labels: { env: "prod", team: "a" } }, { labels: { team: "b" } })).toEqual({
      env: "prod",
      team: "b",
    });
  });
  it("are none in what was stored before there were any", () => {
    expect(PoolInput.parse({ name: "x", algorithm: "least-time" }).labels).toEqual({});
  });
  it("have names and values of one line, and are not too many", () => {
    for (const wrong of [{ "1a": "x" }, { "a b": "x" }, { a: "" }, { a: "x\ny" }, { a: "x".repeat(201) }])
      expect(Labels.safeParse(wrong).success).toBe(false);
    expect(Labels.safeParse(Object.fromEntries([...Array(31)].map((_, n) => [`a${n}`, "x"]))).success).toBe(false);
  });
});
