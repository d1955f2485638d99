// What nodes are told of where a request came from. What a client claims of that itself is worth nothing: it is replaced. A
// peer in a trusted range is a proxy that was asked before us: what it tells is kept and our own part appended, and the
// right-most address that is not a trusted proxy's is the client (RFC 7239 §8.1 and nginx's real_ip_recursive).

import type { ForwardingSettings } from "#lib/contracts/config.ts";
import { AddressRanges, parseAddress } from "#lib/core/address-range.ts";
import { Field, type Fields } from "./fields.ts";
import { forwardedElement, readForwarded } from "./forwarded.ts";
import type { RequestHead } from "./request-head.ts";
import { isAuthority } from "./target.ts";

export interface ForwardingRules {
  readonly trusted: AddressRanges;
  /** Whether nodes get RFC 7239's field as well. */
  readonly sendsForwarded: boolean;
}

/** The rules of a configuration; null when there is nothing to do beyond telling nodes the peer. */
export function forwardingRules({ trustedProxies, sendForwarded }: ForwardingSettings): ForwardingRules | null {
  if (trustedProxies.length === 0 && !sendForwarded) return null;
  return { trusted: new AddressRanges(trustedProxies), sendsForwarded: sendForwarded };
}

export interface Origin {
  /** Of the client: the peer, or whom a trusted peer speaks for. */
  address: string;
  /** Forwarding fields for the node, serialised. */
  fields: string;
}

/** What fields of a connection begin with (serialise.ts). */
const PROTO = "X-Forwarded-Proto: ";
const ENTRY = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15}))(?::\d{1,5})?$/;

/** Values of all fields of one kind; none is an empty list. */
function valuesOf(fields: Fields, kind: number): string[] {
  return fields.values.filter((_, i) => fields.kinds[i] === kind);
}

/** Address of an entry, without port and brackets; null when it is none: a name, `unknown`, rubbish. */
function entryAddress(entry: string): string | null {
  if (parseAddress(entry) !== null) return entry;
  const [, ipv6, ipv4] = ENTRY.exec(entry) ?? [];
  const address = ipv6 ?? ipv4 ?? "";
  return parseAddress(address) === null ? null : address;
}

/** The addresses behind the last malformed entry: what stands left of that can be anybody's. */
function addressesOf(entries: readonly string[]): string[] {
  const addresses = entries.map((entry) => entryAddress(entry.trim()));
  return addresses.slice(addresses.lastIndexOf(null) + 1) as string[];
}

/** The right-most address that is no trusted proxy's; the left-most one when all are. */
function clientOf(chain: readonly string[], trusted: AddressRanges, peer: string): string {
  for (let i = chain.length - 1; i >= 0; i--) if (!trusted.has(chain[i] as string)) return chain[i] as string;
  return chain[0] ?? peer;
}

/** Where a request came from, and what its node is told of that. Asked only where ranges are trusted or `Forwarded` is sent. */
export function originOf(head: RequestHead, peer: string, connectionFields: string, rules: ForwardingRules): Origin {
  const told = rules.trusted.has(peer) ? head.fields : null;
  const list = told === null ? [] : valuesOf(told, Field.forwardedFor).flatMap((value) => value.split(","));
  const chain = addressesOf(list);
  const elements = (told && readForwarded(valuesOf(told, Field.forwarded).join(", "))) ?? [];
  // X-Forwarded-For is what everybody writes; RFC 7239's field counts where it stands alone.
  const named = list.length > 0 ? chain : addressesOf(elements.map(({ node }) => node));
  const { proto, rest } = connectionOf(connectionFields);
  let fields = `X-Forwarded-For: ${[...chain, peer].join(", ")}\r\n`;
  fields += `X-Forwarded-Proto: ${toldProto(told) ?? proto}\r\n${rest}`;
  const host = toldHost(told) ?? head.authority;
  if (host !== "") fields += `X-Forwarded-Host: ${host}\r\n`;
  const hops = elements.map(({ text }) => text);
  if (rules.sendsForwarded) hops.push(forwardedElement(peer, head.authority, proto));
  if (hops.length > 0) fields += `Forwarded: ${hops.join(", ")}\r\n`;
  return { address: clientOf(named, rules.trusted, peer), fields };
}

/** What serialised fields say of the connection: its scheme, and the rest of them. */
function connectionOf(connectionFields: string): { proto: string; rest: string } {
  const end = connectionFields.indexOf("\r\n");
  return { proto: connectionFields.slice(PROTO.length, end), rest: connectionFields.slice(end + 2) };
}

function toldProto(told: Fields | null): string | undefined {
  const proto = onlyValue(told, Field.forwardedProto)?.toLowerCase();
  return proto === "http" || proto === "https" ? proto : undefined;
}

function toldHost(told: Fields | null): string | undefined {
  const host = onlyValue(told, Field.forwardedHost);
  return host !== undefined && isAuthority(host) ? host : undefined;
}

/** The value of a field that stands there once; a list of them says two things. */
function onlyValue(fields: Fields | null, kind: number): string | undefined {
  if (fields === null) return undefined;
  const values = valuesOf(fields, kind);
  return values.length === 1 ? values[0] : undefined;
}
