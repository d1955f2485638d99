// What the channels of all kinds share.
import type { ChannelKind, ChannelTarget } from "#lib/contracts/notifications.ts";
import type { SendOutcome } from "#lib/core/notifications/pace.ts";
import type { Message } from "../message.ts";
import type { Post, Posted } from "../post.ts";

export type TargetOf<K extends ChannelKind> = Extract<ChannelTarget, { kind: K }>;
export type SendContext = {
  post: Post;
  /** Told to receivers that can tell a repeated message by it: the same for each attempt of the same deliveries. */
  messageId: string;
  nowMs: number;
};

/** Bytes that the least generous provider takes, with room for what surrounds the text. */
const MAX_TEXT_BYTES = 3_600;

/** Statuses that say: later. Any other from 300 on says that this will never be taken. */
const isTransient = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** Judges by status alone. */
export function byStatus({ status, text, retryAfterMs }: Posted): SendOutcome {
  if (status >= 200 && status < 300) return { is: "delivered" };
  const said = firstLine(text);
  const error = `HTTP ${status}${said === "" ? "" : `: ${said}`}`;
  if (!isTransient(status)) return { is: "refused", error };
  return { is: "failed", error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/**
 * Judges an answer that says in JSON, with status 200, whether it went well.
 * @param busy codes that say: too much, later
 */
export function byCode(posted: Posted, busy: readonly number[]): SendOutcome {
  if (posted.status < 200 || posted.status >= 300) return byStatus(posted);
  const answer = jsonOf(posted.text);
  const code = answer.errcode ?? answer.code ?? answer.StatusCode;
  if (code === 0) return { is: "delivered" };
  const said = String(answer.errmsg ?? answer.msg ?? answer.StatusMessage ?? "").slice(0, 300);
  if (typeof code !== "number") return { is: "refused", error: `not the answer of a robot: ${firstLine(posted.text)}` };
  const error = `code ${code}: ${said}`;
  return busy.includes(code) ? { is: "failed", error, retryAfterMs: 60_000 } : { is: "refused", error };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").trim().slice(0, 200);

/** The message as Markdown of the kind that chats in China read: no tables, one fact a line; never longer than they take. */
export function markdownOf(message: Message, escapeText: (text: string) => string): string {
  const blocks = message.items.map(({ headline, facts, link }) =>
    [
      `**${escapeText(headline)}**`,
      ...facts.map(([name, value]) => `${escapeText(name)}: ${escapeText(value)}`),
      ...(link ? [`[${message.openLabel}](${link})`] : []),
    ].join("\n\n"),
  );
  return cutToBytes(blocks, "\n\n---\n\n");
}

/**
 * For robots that know no entity and may read what stands between < and > as markup or as somebody to call (`<@all>`): those are
 * written in their wide form, which no reader takes for them.
 */
export const escapeRobotText = (text: string): string =>
  text
    .replace(/[\\*_[\]`#~|!]/g, "\\$&")
    .replaceAll("<", "＜")
    .replaceAll(">", "＞");

/** As many blocks as fit; at least the start of the first. */
export function cutToBytes(blocks: readonly string[], separator: string): string {
  let text = "";
  for (const [at, block] of blocks.entries()) {
    const next = at === 0 ? block : `${text}${separator}${block}`;
    if (Buffer.byteLength(next) > MAX_TEXT_BYTES) return at === 0 ? cut(block) : `${text}${separator}…`;
    text = next;
  }
  return text;
}

/** Never in the middle of a character. */
const cut = (text: string): string =>
  `${new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES), { stream: true })}…`;
