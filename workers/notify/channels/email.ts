import nodemailer from "nodemailer";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import { type AddressRule, allowedAddressOf } from "../guarded-lookup.ts";
import type { Message, MessageItem } from "../message.ts";
import type { TargetOf } from "./channel.ts";

/** Of each step. A server that says a little now and then never exceeds it. */
const STEP_WITHIN_MS = 10_000;
/** Of all of them together: below the lease of a channel (workers/notify/notifier.ts), or two workers would send the same. */
const ALL_WITHIN_MS = 25_000;

export type EmailContext = { isAllowed: AddressRule; messageId: string; withinMs?: number };

/** By SMTP. The server is connected to by the address that was allowed, and shows a certificate for its name. */
export async function sendEmail(
  { host, port, security, user, password, from, to }: TargetOf<"email">,
  message: Message,
  { isAllowed, messageId, withinMs = ALL_WITHIN_MS }: EmailContext,
): Promise<SendOutcome> {
  const signal = AbortSignal.timeout(withinMs);
  const transport = nodemailer.createTransport({
    host: await allowedAddressOf(host, isAllowed),
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { servername: host },
    ...(user !== "" && { auth: { user, pass: password } }),
    connectionTimeout: STEP_WITHIN_MS,
    greetingTimeout: STEP_WITHIN_MS,
    socketTimeout: STEP_WITHIN_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: "Gemini Balance", address: from },
      to,
      signal,
      subject: message.title,
      text: textOf(message),
      html: htmlOf(message),
      // The same for each attempt, so that what arrives twice is shown once.
      messageId: `<${messageId}@gemini-balance>`,
      headers: message.level === 1 ? { "X-Priority": "1" } : {},
    });
    return { is: "delivered" };
  } catch (error) {
    if (signal.aborted) return { is: "failed", error: `was not taken within ${withinMs / 1_000} s` };
    return judge(error as Error & { responseCode?: number; code?: string });
  } finally {
    transport.close();
  }
}

/** 5xx is final (RFC 5321 §4.2.1), so is a password that is refused; whatever else may pass. */
function judge(error: Error & { responseCode?: number; code?: string }): SendOutcome {
  const said = error.message.split("\n")[0]?.slice(0, 300) ?? "";
  const isFinal = (error.responseCode ?? 0) >= 500 || error.code === "EAUTH";
  return isFinal ? { is: "refused", error: said } : { is: "failed", error: said };
}

const textOf = (message: Message): string =>
  message.items
    .map((item) =>
      [
        item.headline,
        ...item.facts.map(([name, value]) => `${name}: ${value}`),
        ...(item.link ? [item.link] : []),
      ].join("\n"),
    )
    .join("\n\n");

function htmlOf(message: Message): string {
  const items = message.items.map((item) => itemHtml(item, message.openLabel)).join("");
  return `<div style="font:14px/1.5 system-ui,sans-serif;color:#1a1f29;max-width:640px">${items}</div>`;
}

function itemHtml({ event, headline, facts, link, alert }: MessageItem, openLabel: string): string {
  const color = event !== "fired" ? "#2f9e44" : alert?.level === 1 ? "#e03131" : "#f08c00";
  const rows = facts.map(
    ([name, value]) =>
      `<tr><td style="padding:2px 12px 2px 0;color:#5b6472;vertical-align:top">${escapeText(name)}</td><td>${escapeText(value)}</td></tr>`,
  );
  const open = link ? `<p style="margin:8px 0 0"><a href="${escapeText(link)}">${escapeText(openLabel)}</a></p>` : "";
  return `<div style="border-left:4px solid ${color};padding:4px 12px;margin:0 0 16px"><b>${escapeText(headline)}</b><table style="border-collapse:collapse;margin-top:4px">${rows.join("")}</table>${open}</div>`;
}

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
