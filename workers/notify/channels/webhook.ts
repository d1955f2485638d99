// Any receiver of its own, signed as Standard Webhooks 1.0.0 says (standardwebhooks.com): libraries to check it exist in
// every language.
import { createHmac } from "node:crypto";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import { byStatus, type SendContext, type TargetOf } from "./channel.ts";

export async function sendWebhook(
  { url, signingSecret }: TargetOf<"webhook">,
  message: Message,
  { post, messageId, nowMs }: SendContext,
): Promise<SendOutcome> {
  const body = JSON.stringify(bodyOf(message, nowMs));
  const seconds = String(Math.floor(nowMs / 1_000));
  const headers = {
    "webhook-id": messageId,
    "webhook-timestamp": seconds,
    "webhook-signature": signatureOf(signingSecret, `${messageId}.${seconds}.${body}`),
  };
  return byStatus(await post(url, headers, body));
}

function bodyOf({ title, items }: Message, nowMs: number): object {
  return {
    type: "alerts",
    timestamp: new Date(nowMs).toISOString(),
    data: {
      title,
      events: items.map(({ event, headline, facts, link, alert }) => ({
        event,
        headline,
        facts: facts.map(([name, value]) => ({ name, value })),
        link,
        alert: alert && {
          id: alert.id,
          rule: alert.rule,
          level: alert.level,
          poolId: alert.poolId,
          poolName: alert.poolName,
          nodeId: alert.nodeId,
          nodeName: alert.nodeName,
          labels: alert.labels,
          reason: alert.reason,
          detail: alert.detail,
          firedAt: new Date(alert.firedMs).toISOString(),
          resolvedAt: alert.resolvedMs === null ? null : new Date(alert.resolvedMs).toISOString(),
        },
      })),
    },
  };
}

/** A secret that begins with `whsec_` is base64, any other is taken as the text that it is. */
function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret, "utf8");
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
