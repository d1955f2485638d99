// One HTTP request to a provider: bounded in time and bytes, follows no redirect, leads only where it may.
import { Agent, request } from "undici";
import { AddressRanges } from "#lib/core/address-range.ts";
import { isTalkable } from "#lib/core/private-address.ts";
import { type AddressRule, guardedLookup, requireAllowed } from "./guarded-lookup.ts";

export type Posted = { status: number; text: string; retryAfterMs: number | undefined };
export type Post = (url: string, headers: Record<string, string>, body: string) => Promise<Posted>;

const TIMEOUT_MS = 10_000;
/** What a provider has to say of an error is short. */
const MAX_ANSWER = 16_384;

/** @param allowed ranges that may be talked to though they are not public; these, and only these, in clear as well */
export function poster(allowed: readonly string[]): { post: Post; close: () => Promise<void> } {
  const ranges = new AddressRanges(allowed);
  const ways = {
    "https:": wayBy((address) => isTalkable(address, ranges)),
    "http:": wayBy((address) => ranges.has(address)),
  };
  const post: Post = async (url, headers, body) => {
    const target = new URL(url);
    const way = ways[target.protocol as keyof typeof ways];
    requireAllowed(target.hostname, way.isAllowed);
    const answer = await request(target, {
      dispatcher: way.agent,
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Gemini-Balance", ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return {
      status: answer.statusCode,
      text: await startOf(answer.body),
      retryAfterMs: retryAfterOf(answer.headers["retry-after"]),
    };
  };
  return { post, close: () => Promise.all(Object.values(ways).map(({ agent }) => agent.destroy())).then(() => {}) };
}

function wayBy(isAllowed: AddressRule): { isAllowed: AddressRule; agent: Agent } {
  const connect = { lookup: guardedLookup(isAllowed), timeout: TIMEOUT_MS };
  const agent = new Agent({ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, keepAliveTimeout: 1_000 });
  return { isAllowed, agent };
}

async function startOf(body: AsyncIterable<Buffer> & { destroy: () => unknown }): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size >= MAX_ANSWER) break;
  }
  return Buffer.concat(pieces).subarray(0, MAX_ANSWER).toString("utf8");
}

function retryAfterOf(value: string | string[] | undefined): number | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
