// Sends a message to where a channel leads, and says what came of it; never throws, and never tells a secret.
import type { ChannelTarget } from "#lib/contracts/notifications.ts";
import { AddressRanges } from "#lib/core/address-range.ts";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import { isTalkable } from "#lib/core/private-address.ts";
import type { SendContext } from "./channels/channel.ts";
import { sendDingtalk } from "./channels/dingtalk.ts";
import { sendEmail } from "./channels/email.ts";
import { sendFeishu } from "./channels/feishu.ts";
import { sendSlack } from "./channels/slack.ts";
import { sendWebhook } from "./channels/webhook.ts";
import { sendWecom } from "./channels/wecom.ts";
import { ForbiddenTargetError } from "./guarded-lookup.ts";
import type { Message } from "./message.ts";
import { poster } from "./post.ts";

export type Sender = {
  /** @param messageId the same for each attempt of the same deliveries */
  send: (target: ChannelTarget, message: Message, messageId: string, nowMs: number) => Promise<SendOutcome>;
  close: () => Promise<void>;
};

/** @param allowed ranges that may be talked to though they are not public, and in clear */
export function makeSender(allowed: readonly string[]): Sender {
  const ranges = new AddressRanges(allowed);
  const { post, close } = poster(allowed);
  const way = (target: ChannelTarget, message: Message, context: SendContext): Promise<SendOutcome> => {
    switch (target.kind) {
      case "webhook":
        return sendWebhook(target, message, context);
      case "slack":
        return sendSlack(target, message, context);
      case "dingtalk":
        return sendDingtalk(target, message, context);
      case "feishu":
        return sendFeishu(target, message, context);
      case "wecom":
        return sendWecom(target, message, context);
      case "email": {
        const isClear = target.security === "none";
        const isAllowed = (address: string) => (isClear ? ranges.has(address) : isTalkable(address, ranges));
        return sendEmail(target, message, { isAllowed, messageId: context.messageId });
      }
    }
  };
  return {
    async send(target, message, messageId, nowMs) {
      try {
        return await way(target, message, { post, messageId, nowMs });
      } catch (error) {
        return failureOf(error as Error, target);
      }
    },
    close,
  };
}

function failureOf(error: Error & { code?: string; cause?: unknown }, target: ChannelTarget): SendOutcome {
  const cause = error.cause instanceof Error ? error.cause : error;
  const forbidden = [error, cause].find((one) => one instanceof ForbiddenTargetError);
  if (forbidden) return { is: "refused", error: forbidden.message };
  const code = (cause as { code?: string }).code;
  const said = error.name === "TimeoutError" ? "no answer within 10 s" : cause.message || code || "failed";
  return { is: "failed", error: withoutSecrets(said, target).slice(0, 300) };
}

/** Error messages may quote what they were given. */
function withoutSecrets(text: string, target: ChannelTarget): string {
  const secrets = target.kind === "email" ? [target.password] : [target.url, ...Object.values(secretOf(target))];
  return secrets.filter((secret) => secret !== "").reduce((told, secret) => told.replaceAll(secret, "…"), text);
}

const secretOf = (target: Exclude<ChannelTarget, { kind: "email" }>): Record<string, string> =>
  "signingSecret" in target && target.signingSecret !== undefined ? { secret: target.signingSecret } : {};
