import { describe, expect, test } from "vitest";
import { ChannelMatch, ChannelTarget } from "#lib/contracts/notifications.ts";
import { AddressRanges } from "#lib/core/address-range.ts";
import { leadsTo } from "#lib/core/notifications/leads-to.ts";
import { isTold, storedMatch } from "#lib/core/notifications/routing.ts";
import { isTalkable } from "#lib/core/private-address.ts";

const POOL = "00000000-0000-4000-8000-00000000000a";
const OTHER = "00000000-0000-4000-8000-00000000000b";
const alert = { rule: "node-ejected", level: 2, poolId: POOL, labels: { env: "prod", team: "pay" } } as const;

describe("a channel is told", () => {
  test.each([
    [{}, true],
    [{ leastLevel: 2 }, true],
    [{ leastLevel: 1 }, false],
    [{ rules: ["node-ejected"] }, true],
    [{ rules: ["health-check-failed"] }, false],
    [{ poolIds: [POOL, OTHER] }, true],
    [{ poolIds: [OTHER] }, false],
    [{ labels: [{ name: "env", value: "prod" }] }, true],
    [{ labels: [{ name: "env", op: "!=", value: "prod" }] }, false],
    [{ labels: [{ name: "team", op: "=~", value: "pay|web" }] }, true],
    [
      {
        labels: [
          { name: "env", value: "prod" },
          { name: "team", op: "!~", value: "p.*" },
        ],
      },
      false,
    ],
    [{ leastLevel: 3, rules: ["node-ejected"], poolIds: [POOL] }, true],
  ])("by its match %j of an alert of level 2: %s", (match, told) => {
    expect(isTold(ChannelMatch.parse(match), alert, "fired")).toBe(told);
  });
  test("of an end only where it is asked for, and of what belongs to no pool only where no pool is named", () => {
    expect(isTold(ChannelMatch.parse({}), alert, "resolved")).toBe(true);
    expect(isTold(ChannelMatch.parse({ resolved: false }), alert, "resolved")).toBe(false);
    expect(isTold(ChannelMatch.parse({ resolved: false }), alert, "fired")).toBe(true);
    expect(isTold(ChannelMatch.parse({ poolIds: [POOL] }), { ...alert, poolId: null }, "fired")).toBe(false);
    const labels = [{ name: "env", op: "!=", value: "dev" }];
    expect(isTold(ChannelMatch.parse({ labels }), { ...alert, poolId: null, labels: null }, "fired")).toBe(false);
  });
});

describe("where a channel leads", () => {
  const token = "T0AAA/B0BBB/abcdefghijklmnopqrstuvwx";
  test.each([
    [{ kind: "slack", url: `https://hooks.slack.com/services/${token}` }, "hooks.slack.com/…uvwx"],
    [
      { kind: "dingtalk", url: "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef" },
      "oapi.dingtalk.com/…cdef",
    ],
    [{ kind: "feishu", url: "https://example.org/a" }, "example.org/…"],
    [
      { kind: "webhook", url: "https://ops.example.org:8443/hooks/gb", signingSecret: "s".repeat(24) },
      "ops.example.org:8443/hooks/gb",
    ],
    [
      { kind: "webhook", url: "https://ops.example.org/hooks?key=0123456789", signingSecret: "s".repeat(24) },
      "ops.example.org/…6789",
    ],
    [
      {
        kind: "email",
        host: "mail.example.org",
        from: "gb@example.org",
        to: ["a@example.org", "b@example.org", "c@example.org"],
      },
      "a@example.org, b@example.org +1",
    ],
  ])("%j is told without its secret: %s", (target, told) => {
    expect(leadsTo(ChannelTarget.parse(target))).toBe(told);
  });
});

describe("what another version stored of a channel", () => {
  test("is no condition where it cannot be read, and says where", () => {
    const stored = storedMatch({ leastLevel: 1, rules: ["of-tomorrow"] });
    expect(stored).toEqual({ match: ChannelMatch.parse({}), unreadable: "match.rules.0" });
    expect(isTold(stored.match, { ...alert, level: 4 }, "fired")).toBe(true);
    expect(storedMatch({ leastLevel: 1 })).toMatchObject({ match: { leastLevel: 1, labels: [] }, unreadable: null });
  });
});

describe("addresses that may be talked to", () => {
  const none = new AddressRanges([]);
  test.each([
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "198.18.0.1"],
    ...["224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"],
    ...["fc00::1", "fd12:3456::1", "fe80::1", "ff02::1", "2001:db8::1", "localhost", ""],
  ])("not %s", (address) => expect(isTalkable(address, none)).toBe(false));
  test.each(["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("%s", (address) =>
    expect(isTalkable(address, none)).toBe(true),
  );
  test("private ones in a range that is allowed", () => {
    const allowed = new AddressRanges(["10.0.0.0/8", "fd00::/8"]);
    expect(["10.1.2.3", "::ffff:10.9.9.9", "fd00::7"].every((address) => isTalkable(address, allowed))).toBe(true);
    expect(["192.168.0.1", "fc00::7"].some((address) => isTalkable(address, allowed))).toBe(false);
  });
});
