// Addresses that the public internet does not lead to (IANA's special-purpose registries). What somebody configures in the
// browser must not make this product talk to them: they may be a cloud's metadata, or a neighbour that trusts its network.
import { AddressRanges, parseAddress } from "#lib/core/address-range.ts";

const NOT_PUBLIC = new AddressRanges([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
  // 64:ff9b::/96 and 2002::/16 lead to addresses of IPv4, whichever.
  ...["::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"],
  ...["2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
]);

/**
 * Whether `address` may be talked to: public, or in a range that the operator of this installation allows.
 * What is no address may not.
 */
export function isTalkable(address: string, allowed: AddressRanges): boolean {
  return parseAddress(address) !== null && (allowed.has(address) || !NOT_PUBLIC.has(address));
}
