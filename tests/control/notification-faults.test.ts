// What becomes of notifications that cannot be delivered, at first or at all.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SecretKey } from "#lib/store/sealing.ts";
import { notify } from "#workers/notify/notifier.ts";
import { notificationRig, type Rig } from "./notification-rig.ts";
import { mailServer, receiver } from "./receivers.ts";
import { cleanups, eventually } from "./support.ts";

const after = cleanups();
let rig: Rig;
beforeEach(async () => {
  rig = await notificationRig(after);
});
afterEach(after.run);

describe("what fails", () => {
  test("is tried again when it may pass, and the error is told without the secret", async () => {
    const { received, url, answers } = await receiver(after);
    answers.splice(0, 1, { status: 503, body: "busy" }, { status: 200, body: "ok" });
    await rig.channel({ kind: "slack", url: `${url}/services/secret-token` });
    await rig.worker();
    await rig.fire();
    await eventually(async () =>
      expect(await rig.deliveries()).toMatchObject([{ state: "pending", attempts: 1, last_error: "HTTP 503: busy" }]),
    );
    await eventually(() => expect(received).toHaveLength(2));
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "delivered", attempts: 2 }]));
  });

  test.each([
    ["slack", 404, "no_service", "HTTP 404: no_service"],
    ["dingtalk", 200, '{"errcode":310000,"errmsg":"sign not match"}', "code 310000: sign not match"],
    ["feishu", 200, '{"code":19021,"msg":"sign match fail"}', "code 19021: sign match fail"],
    ["wecom", 200, "<html>a page</html>", "not the answer of a robot: <html>a page</html>"],
  ])("%s that says with %i it never will is not tried again", async (kind, status, body, error) => {
    const { received, url, answers } = await receiver(after);
    answers[0] = { status, body };
    await rig.channel({ kind, url });
    await rig.worker();
    await rig.fire();
    await eventually(async () =>
      expect(await rig.deliveries()).toMatchObject([{ state: "failed", attempts: 1, last_error: error }]),
    );
    expect(received).toHaveLength(1);
  });

  test("a redirect is not followed", async () => {
    const elsewhere = await receiver(after);
    const { url, answers } = await receiver(after);
    answers[0] = { status: 302, headers: { location: elsewhere.url } };
    await rig.channel({ kind: "slack", url });
    await rig.worker();
    await rig.fire();
    await eventually(async () =>
      expect(await rig.deliveries()).toMatchObject([{ state: "failed", last_error: "HTTP 302" }]),
    );
    expect(elsewhere.received).toHaveLength(0);
  });

  test.each([
    "http://127.0.0.1:9/",
    "http://localhost:9/",
    "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/",
    "http://1.1.1.1/",
  ])("%s is refused unless its range is allowed, and by name as by number", async (url) => {
    await rig.channel({ kind: "slack", url });
    await rig.worker([]);
    await rig.fire();
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "failed", attempts: 1 }]));
    expect((await rig.deliveries())[0]?.last_error).toContain("GB_NOTIFY_ALLOW");
  });

  test("a mail server that refuses the password is told as it says, without it", async () => {
    const { port } = await mailServer(after, { user: "gb", password: "another" });
    const mail = { kind: "email", host: "127.0.0.1", port, security: "none", user: "gb", password: "hunter2-hunter2" };
    await rig.channel({ ...mail, from: "gb@example.org", to: ["a@example.org"] });
    await rig.worker();
    await rig.fire();
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "failed", attempts: 1 }]));
    expect((await rig.deliveries())[0]?.last_error).not.toContain("hunter2");
  });

  test("a channel whose target this worker cannot open waits for one that can", async () => {
    const { received, url } = await receiver(after);
    await rig.channel({ kind: "slack", url });
    const wrong = new SecretKey(randomBytes(32));
    const pool = rig.pool();
    const stranger = await rig.worker(undefined, wrong);
    await rig.fire();
    await eventually(async () => expect(await rig.deliveries()).toMatchObject([{ state: "pending", attempts: 1 }]));
    expect((await rig.deliveries())[0]?.last_error).toContain(`sealed with the key ${rig.key.id}`);
    await stranger.stop();
    await rig.db.query("UPDATE notification_delivery SET next_attempt_at = now()");
    await notify({ database: pool, ...rig.options() });
    expect(received).toHaveLength(1);
  });
});
