// Whose requests are counted together.
import { createHash } from "node:crypto";
import net from "node:net";
import type { RateLimitKey } from "#lib/contracts/config.ts";
import { keyText } from "../exchange/hash-key.ts";
import type { RequestHead } from "../http/request-head.ts";

/** Longer ones are told by their hash: clients choose them, and they are kept. */
const MAX_PLAIN = 64;

/** The key, marked by what it was made from: an address is never mistaken for a header that looks like one. */
export function rateKey(key: RateLimitKey, head: RequestHead, clientAddress: string): string {
  if (key.from === "route") return "";
  const text = key.from === "client-address" ? undefined : keyText(key, head);
  if (text === undefined) return `a${networkOf(clientAddress)}`;
  return text.length <= MAX_PLAIN ? `=${text}` : `#${createHash("sha256").update(text, "latin1").digest("base64url")}`;
}

/** An IPv4 address as it is; the first 64 bits of an IPv6 address, which is what one client has to choose from. */
export function networkOf(address: string): string {
  if (!net.isIPv6(address)) return address;
  const [bare = ""] = address.split("%");
  const [before = "", after] = bare.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  // An IPv4 address at the end stands for two groups.
  const tailLength = tail.length + (bare.includes(".") ? 1 : 0);
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tailLength);
  const groups = [...head, ...Array<string>(gap).fill("0"), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::`;
}
