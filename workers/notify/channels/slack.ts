import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import { byStatus, cutToBytes, type SendContext, type TargetOf } from "./channel.ts";

/** An incoming webhook of Slack, or of what takes the same (Mattermost, Rocket.Chat). */
export async function sendSlack(
  { url }: TargetOf<"slack">,
  message: Message,
  { post }: SendContext,
): Promise<SendOutcome> {
  return byStatus(await post(url, {}, JSON.stringify(bodyOf(message))));
}

/** `text` is what a notification shows, the attachment what the conversation does. */
function bodyOf(message: Message): object {
  const blocks = message.items.map(({ headline, facts, link }) => {
    const lines = facts.map(([name, value]) => `*${escapeText(name)}:* ${escapeText(value)}`);
    const open = link ? [`<${link}|${escapeText(message.openLabel)}>`] : [];
    return [`*${escapeText(headline)}*`, ...lines, ...open].join("\n");
  });
  const color = message.isGood ? "#2f9e44" : message.level === 1 ? "#e03131" : "#f08c00";
  return {
    text: escapeText(message.title),
    attachments: [
      { color, mrkdwn_in: ["text"], text: cutToBytes(blocks, "\n\n"), fallback: escapeText(message.title) },
    ],
  };
}

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
