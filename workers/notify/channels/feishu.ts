import { createHmac } from "node:crypto";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import { byCode, markdownOf, type SendContext, type TargetOf } from "./channel.ts";

/** 9499, 11232: too many messages. */
const BUSY = [9_499, 11_232];

/** A custom robot of Feishu or Lark; signed when its security setting is a signature. */
export async function sendFeishu(
  { url, signingSecret }: TargetOf<"feishu">,
  message: Message,
  { post, nowMs }: SendContext,
): Promise<SendOutcome> {
  const seconds = String(Math.floor(nowMs / 1_000));
  // Theirs is the HMAC of nothing, under a key that holds time and secret.
  const signature =
    signingSecret === undefined
      ? {}
      : { timestamp: seconds, sign: createHmac("sha256", `${seconds}\n${signingSecret}`).update("").digest("base64") };
  const template = message.isGood ? "green" : message.level === 1 ? "red" : "orange";
  const card = {
    config: { wide_screen_mode: true },
    header: { template, title: { tag: "plain_text", content: message.title } },
    elements: [{ tag: "markdown", content: markdownOf(message, escapeText) }],
  };
  const body = { ...signature, msg_type: "interactive", card };
  return byCode(await post(url, {}, JSON.stringify(body)), BUSY);
}

const escapeText = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[*_[\]()`~#!|\\$]/g, (c) => `&#${c.charCodeAt(0)};`);
