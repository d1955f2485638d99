// Every kind of channel in both languages, of an alert that fires and of its end, and with what a node or a person may have written.
import { afterAll, describe, expect, test } from "vitest";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import { ChannelTarget, NOTIFICATION_LANGUAGES } from "#lib/contracts/notifications.ts";
import type { AlertTold } from "#lib/store/control/notifications.ts";
import { messageOf } from "#workers/notify/message.ts";
import { makeSender } from "#workers/notify/send.ts";
import { mailServer, receiver } from "./receivers.ts";
import { cleanups } from "./support.ts";

const after = cleanups();
afterAll(after.run);
const sender = makeSender(["127.0.0.0/8"]);
after.add(sender.close);

const NASTY =
  '<b>*x*</b>_y_ `z` [a](http://evil.test) <@all> <!channel> # h\n\n# Cause: all is well\r\u2028\u202e & "q" ~s~ !i | \\';
const alertOf = (more: Partial<AlertTold> = {}): AlertTold => ({
  ...{ id: "018f0000-0000-7000-8000-000000000001", rule: "health-check-failed", ruleName: "", level: 1 },
  ...{ poolId: null, nodeId: null, poolName: "payments", nodeName: "sg-1", subjectName: "sg-1", reason: "status-503" },
  ...{ checkLevel: "http", detail: checkDetail("http-status", { found: 503, ranges: "100–499" }), figures: {} },
  ...{
    labels: { env: "prod" },
    expectedBy: "",
    consecutiveFailures: 3,
    firedMs: Date.UTC(2026, 10, 28),
    resolvedMs: null,
  },
  ...more,
});
const SECRET = "a-signing-secret-of-24-or-more";
const KINDS = ["webhook", "slack", "dingtalk", "feishu", "wecom", "email"] as const;

/** What arrives, as text that people would see: JSON and mail decoded. */
async function arrived(
  kind: (typeof KINDS)[number],
  language: "en" | "zh-CN",
  event: "fired" | "resolved",
  alert: AlertTold,
) {
  const due = [{ id: "1", event, attempts: 0, createdMs: 0, alert }];
  const message = messageOf(due, { language, channelName: "ops", dashboardUrl: "https://gb.example.org" });
  if (kind === "email") {
    const { mails, port } = await mailServer(after, { user: "gb", password: "secret" });
    const login = { host: "127.0.0.1", port, security: "none", user: "gb", password: "secret" };
    const target = ChannelTarget.parse({ kind, ...login, from: "gb@example.org", to: ["a@example.org"] });
    expect(await sender.send(target, message, "m", Date.now())).toEqual({ is: "delivered" });
    return { title: message.title, shown: decodedMail(mails[0]?.text ?? "") };
  }
  const { received, url, answers } = await receiver(after);
  answers[0] = { status: 200, body: '{"errcode":0,"code":0}' };
  const signing = kind === "slack" || kind === "wecom" ? {} : { signingSecret: SECRET };
  const target = ChannelTarget.parse({ kind, url: `${url}/hook`, ...signing });
  expect(await sender.send(target, message, "m", Date.now())).toEqual({ is: "delivered" });
  const strings: string[] = [];
  JSON.stringify(received[0]?.json, (_, value) => {
    if (typeof value === "string") strings.push(value);
    return value;
  });
  return { title: message.title, shown: strings.join("\n") };
}

/** The parts of a mail, each decoded from base64 or quoted-printable. */
function decodedMail(text: string): string {
  const parts = text.split(/\r\n--[^\r\n]+(?:\r\n|$)/);
  return parts
    .map((part) => {
      const [head = "", ...rest] = part.split("\r\n\r\n");
      const body = rest.join("\r\n\r\n");
      if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
      const bytes = body
        .replace(/=\r\n/g, "")
        .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
      return /quoted-printable/i.test(head) ? Buffer.from(bytes, "latin1").toString("utf8") : body;
    })
    .join("\n");
}

const WORDS = {
  en: {
    fired: "failed 3 health checks in a row",
    resolved: "Resolved",
    cause: "HTTP 503, expected 100–499",
    lasted: "Lasted",
  },
  "zh-CN": { fired: "连续 3 次健康检查失败", resolved: "已恢复", cause: "HTTP 503，期望 100–499", lasted: "持续" },
};

describe.each(KINDS)("%s", (kind) => {
  test.each(NOTIFICATION_LANGUAGES)(
    "tells of an alert and of its end in %s, with what the check found and its labels",
    async (language) => {
      const words = WORDS[language];
      const fired = await arrived(kind, language, "fired", alertOf());
      for (const text of [words.fired, words.cause, "payments", "env=prod", "https://gb.example.org/alerts/018f"])
        expect(plain(fired.shown)).toContain(text);
      const ended = await arrived(kind, language, "resolved", alertOf({ resolvedMs: Date.UTC(2026, 10, 28, 0, 1) }));
      for (const text of [words.resolved, words.lasted, "1 min"]) expect(plain(ended.shown)).toContain(text);
    },
  );

  test("shows what a node or a person wrote as text in one line: no markup, no calls, no line that passes for ours", async () => {
    const alert = alertOf({ nodeName: NASTY, subjectName: NASTY, detail: NASTY, ruleName: NASTY, expectedBy: NASTY });
    const { title, shown } = await arrived(kind, "en", "fired", alert);
    // A program's: its data is whole, and its words are as everybody's.
    const said = kind === "webhook" ? shown.replaceAll(NASTY, "") : shown;
    expect(said).not.toMatch(/^\W*Cause: all is well/m);
    expect(said).not.toMatch(/[\u2028\u202e]/u);
    if (kind === "webhook") return;
    if (kind === "email") {
      expect(shown).toContain("&lt;b&gt;");
      // The plain part is plain text, in which nothing is read.
      expect(shown.slice(shown.indexOf("<div"))).not.toMatch(/<b>\*x/);
      return;
    }
    // A title is plain text where it is shown: no markup is read in it.
    const read = shown
      .split("\n")
      .filter((line) => line !== title)
      .join("\n");
    for (const live of ["<b>", "<@all>", "<!channel>"]) expect(read).not.toContain(live);
    if (kind === "slack") return;
    expect(read).not.toMatch(/(?<!\\)\*x/);
    expect(read).not.toMatch(/(?<!\\)\]\(http:\/\/evil/);
  });
});

/** Escapes taken back, as a reader of each kind shows them. */
const plain = (text: string): string =>
  text.replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
