import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import { byCode, escapeRobotText, markdownOf, type SendContext, type TargetOf } from "./channel.ts";

/** 45009, 45033: more than 20 messages in a minute. -1: the system is busy. */
const BUSY = [45_009, 45_033, -1];

/** A group robot of WeCom. Its whole URL is the secret; it knows no signature. */
export async function sendWecom(
  { url }: TargetOf<"wecom">,
  message: Message,
  { post }: SendContext,
): Promise<SendOutcome> {
  const markdown = { content: markdownOf(message, escapeRobotText) };
  return byCode(await post(url, {}, JSON.stringify({ msgtype: "markdown", markdown })), BUSY);
}
