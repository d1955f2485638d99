// Alerts reach people: every kind of channel in its own form and signature, once, through floods and deaths.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { notify } from "#workers/notify/notifier.ts";
import { notificationRig, type Rig } from "./notification-rig.ts";
import { mailServer, type Received, receiver } from "./receivers.ts";
import { cleanups, eventually } from "./support.ts";

const after = cleanups();
let rig: Rig;
beforeEach(async () => {
  rig = await notificationRig(after);
});
afterEach(after.run);

const SECRET = "a-signing-secret-of-24-or-more";
const HEADLINE = "[Level 1] sg-1 failed 3 health checks in a row";

describe("every kind of channel is told in its own form", () => {
  test("webhook: signed as Standard Webhooks says, with the alert as data", async () => {
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "webhook", url: `${url}/hook`, signingSecret: SECRET });
    await rig.worker();
    const alertId = await rig.fire();
    await eventually(() => expect(received).toHaveLength(1));
    const [told] = received;
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = told?.headers ?? {};
    const expected = createHmac("sha256", SECRET).update(`${id}.${at}.${told?.body}`).digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect(Math.abs(Number(at) * 1_000 - Date.now())).toBeLessThan(60_000);
    expect(told?.json).toMatchObject({
      type: "alerts",
      data: {
        title: HEADLINE,
        events: [
          {
            event: "fired",
            link: `https://balance.example.org/alerts/${alertId}`,
            alert: { id: alertId, level: 1, poolName: "payments", nodeName: "sg-1", nodeId: null, resolvedAt: null },
          },
        ],
      },
    });
  });

  test("Slack: a text that notifies, with nothing that Slack would take for markup", async () => {
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "slack", url: `${url}/services/T/B/x` });
    await rig.worker();
    await rig.fire({ node: "<!channel> & co" });
    await eventually(() => expect(received).toHaveLength(1));
    expect(received[0]?.json.text).toBe("[Level 1] &lt;!channel&gt; &amp; co failed 3 health checks in a row");
    expect(JSON.stringify(received[0]?.json.attachments)).not.toContain("<!channel>");
  });

  test("DingTalk: signed in its query, in Chinese", async () => {
    const { received, url, answers } = await receiver(after);
    answers[0] = { status: 200, body: '{"errcode":0,"errmsg":"ok"}' };
    await rig.channel(
      { kind: "dingtalk", url: `${url}/robot/send?access_token=x`, signingSecret: SECRET },
      { language: "zh-CN" },
    );
    await rig.worker();
    await rig.fire();
    await eventually(() => expect(received).toHaveLength(1));
    const { searchParams } = (received[0] as Received).url;
    const at = searchParams.get("timestamp");
    expect(searchParams.get("sign")).toBe(createHmac("sha256", SECRET).update(`${at}\n${SECRET}`).digest("base64"));
    expect(searchParams.get("access_token")).toBe("x");
    expect(received[0]?.json).toMatchObject({
      msgtype: "markdown",
      markdown: { title: "【1 级】sg-1 连续 3 次健康检查失败" },
    });
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]));
  });

  test("Feishu: a card, signed in its body", async () => {
    const { received, url, answers } = await receiver(after);
    answers[0] = { status: 200, body: '{"code":0,"msg":"success"}' };
    await rig.channel({ kind: "feishu", url: `${url}/open-apis/bot/v2/hook/x`, signingSecret: SECRET });
    await rig.worker();
    await rig.fire();
    await eventually(() => expect(received).toHaveLength(1));
    const { timestamp, sign, msg_type, card } = (received[0] as Received).json as Record<string, string>;
    expect(sign).toBe(createHmac("sha256", `${timestamp}\n${SECRET}`).update("").digest("base64"));
    expect(msg_type).toBe("interactive");
    expect(card).toMatchObject({ header: { template: "red", title: { content: HEADLINE } } });
  });

  test("WeCom: Markdown within what it takes", async () => {
    const { received, url, answers } = await receiver(after);
    answers[0] = { status: 200, body: '{"errcode":0}' };
    await rig.channel({ kind: "wecom", url: `${url}/cgi-bin/webhook/send?key=x` });
    for (let i = 0; i < 40; i++) await rig.fire({ node: `节点-${i}-${"长".repeat(40)}` });
    await rig.worker();
    await eventually(() => expect(received).toHaveLength(1));
    const { content } = (received[0] as Received).json.markdown as { content: string };
    expect(content).toContain("节点");
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096);
  });

  test("e-mail: with its password, to all who are named", async () => {
    const { mails, port } = await mailServer(after, { user: "gb", password: "secret" });
    const mail = { kind: "email", host: "127.0.0.1", port, security: "none", user: "gb", password: "secret" };
    await rig.channel({ ...mail, from: "gb@example.org", to: ["a@example.org", "b@example.org"] });
    await rig.worker();
    await rig.fire();
    await eventually(() => expect(mails).toHaveLength(1));
    expect(mails[0]).toMatchObject({ from: "gb@example.org", to: ["a@example.org", "b@example.org"] });
    expect(mails[0]?.text).toContain(`Subject: ${HEADLINE}`);
    expect(mails[0]?.text).toContain("Cause: HTTP: connect refused");
  });
});

describe("alerts are told once, and none is lost", () => {
  test("its end is told too, and both only to channels that ask", async () => {
    const all = await receiver(after);
    const quiet = await receiver(after);
    const other = await receiver(after);
    await rig.channel({ kind: "slack", url: `${all.url}/a` });
    await rig.channel({ kind: "slack", url: `${quiet.url}/b` }, { match: { resolved: false } });
    await rig.channel({ kind: "slack", url: `${other.url}/c` }, { match: { leastLevel: 1 } });
    await rig.worker();
    const id = await rig.fire({ level: 2, rule: "node-ejected" });
    await eventually(() => expect(all.received).toHaveLength(1));
    await rig.resolve(id);
    await eventually(() => expect(all.received).toHaveLength(2));
    expect(all.received[1]?.json.text).toBe("[Resolved] sg-1 was ejected by real traffic");
    expect(JSON.stringify(all.received[1]?.json)).toContain("*Lasted:* 1 min 15 s");
    expect([quiet.received.length, other.received.length]).toEqual([1, 0]);
  });

  test("what happens together is one message", async () => {
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "slack", url: `${url}/a` });
    await rig.worker();
    const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => rig.fire({ node: `n-${i}` })));
    await eventually(async () => {
      const settled = await rig.deliveries();
      expect(settled.filter(({ state }) => state === "delivered")).toHaveLength(ids.length);
    });
    expect(received.length).toBeLessThanOrEqual(3);
    expect(received[0]?.json.text).toMatch(/^Gemini Balance: \d+ alerts$/);
  });

  test("four workers tell each alert once", async () => {
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "webhook", url, signingSecret: SECRET });
    await Promise.all([rig.worker(), rig.worker(), rig.worker(), rig.worker()]);
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(await rig.fire({ node: `n-${i}` }));
    await eventually(async () =>
      expect((await rig.deliveries()).filter(({ state }) => state === "delivered")).toHaveLength(20),
    );
    const told = received.flatMap(({ json }) =>
      (json.data as { events: { alert: { id: string } }[] }).events.map(({ alert }) => alert.id),
    );
    expect(told.toSorted()).toEqual(ids.toSorted());
  });

  test("what a worker was sending when it died is sent by another, once its lease is over", async () => {
    const { received, url, state } = await receiver(after);
    const id = await rig.channel({ kind: "webhook", url, signingSecret: SECRET });
    state.isSilent = true;
    const dying = await rig.worker();
    await rig.fire();
    await eventually(() => expect(received).toHaveLength(1));
    // The worker is gone before it could say what came of it; its lease is what it leaves.
    const pool = rig.pool();
    await rig.db.query("UPDATE notification_channel SET sending_until = now() + interval '1 hour' WHERE id = $1", [id]);
    void dying.stop();
    state.isSilent = false;
    const other = { database: pool, ...rig.options() };
    await notify(other);
    expect(received).toHaveLength(1);
    await rig.db.query("UPDATE notification_channel SET sending_until = now() WHERE id = $1", [id]);
    await notify(other);
    expect(received).toHaveLength(2);
    expect(received[1]?.headers["webhook-id"]).toBe(received[0]?.headers["webhook-id"]);
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "delivered" }]));
  });

  test("alerts of before the channel are history", async () => {
    await rig.fire();
    const pool = rig.pool();
    await notify({ database: pool, ...rig.options() });
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "slack", url });
    expect(await notify({ database: pool, ...rig.options() })).toBeNull();
    expect(received).toHaveLength(0);
  });
});
