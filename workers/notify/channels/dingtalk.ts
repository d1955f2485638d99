import { createHmac } from "node:crypto";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import { byCode, escapeRobotText, markdownOf, type SendContext, type TargetOf } from "./channel.ts";

/** 130101, 410100: more than 20 messages in a minute. -1: the system is busy. */
const BUSY = [130_101, 410_100, -1];

/** A custom robot of DingTalk; signed when the robot's security setting is a signature. */
export async function sendDingtalk(
  { url, signingSecret }: TargetOf<"dingtalk">,
  message: Message,
  { post, nowMs }: SendContext,
): Promise<SendOutcome> {
  const target = new URL(url);
  if (signingSecret !== undefined) {
    target.searchParams.set("timestamp", String(nowMs));
    const sign = createHmac("sha256", signingSecret).update(`${nowMs}\n${signingSecret}`).digest("base64");
    target.searchParams.set("sign", sign);
  }
  const markdown = { title: message.title, text: markdownOf(message, escapeRobotText) };
  return byCode(await post(target.href, {}, JSON.stringify({ msgtype: "markdown", markdown })), BUSY);
}
