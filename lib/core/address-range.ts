// IP addresses and ranges of them. IPv4 is kept as its mapped IPv6 form (RFC 4291 §2.5.5.2), so that a socket's
// `::ffff:10.0.0.1` and a header's `10.0.0.1` are the same address; yet a range of IPv6 never holds one of IPv4.

/** Eight groups of 16 bits. */
export type Address = readonly number[];
/** The first `bits` of an address. */
interface Range {
  readonly address: Address;
  readonly bits: number;
  readonly isIpv4: boolean;
}

const IPV4_BITS = 96;
const IPV4_GROUP = /^(?:0|[1-9]\d{0,2})$/;
const IPV6_GROUP = /^[0-9a-f]{1,4}$/i;

/** An address as text, without brackets, port or prefix; null when it is none. A zone (`fe80::1%eth0`) is left out. */
export function parseAddress(text: string): Address | null {
  if (text.length > 64) return null;
  if (!text.includes(":")) return parseIpv4(text);
  const zone = text.indexOf("%");
  return parseIpv6(zone < 0 ? text : text.slice(0, zone));
}

/** The two groups of a dotted quad. Octal and other spellings that readers take apart differently are refused. */
function ipv4Groups(text: string): [number, number] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => IPV4_GROUP.test(part) && Number(part) < 256)) return null;
  const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
  return [a * 256 + b, c * 256 + d];
}

function parseIpv4(text: string): Address | null {
  const groups = ipv4Groups(text);
  return groups && [0, 0, 0, 0, 0, 0xffff, ...groups];
}

function parseIpv6(text: string): Address | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [before = "", behind] = halves;
  const head = groupsOf(before, behind === undefined);
  const tail = behind === undefined ? [] : groupsOf(behind, true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** @param mayEndInQuad whether the address ends here: only there a dotted quad may stand */
function groupsOf(text: string, mayEndInQuad: boolean): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (IPV6_GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const quad = mayEndInQuad && i === parts.length - 1 ? ipv4Groups(part) : null;
      if (quad === null) return null;
      groups.push(...quad);
    }
  }
  return groups;
}

export const isIpv4 = (address: Address): boolean =>
  address[5] === 0xffff && address.every((group, i) => i >= 5 || group === 0);

/** An address as text: IPv4 dotted, IPv6 in its one recommended spelling (RFC 5952). */
export function formatAddress(address: Address): string {
  if (isIpv4(address)) {
    const [high, low] = [address[6] as number, address[7] as number];
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const text = address.map((group) => group.toString(16)).join(":");
  const zeros = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = zeros.reduce<RegExpExecArray | null>(
    (best, run) => (best === null || run[0].length > best[0].length ? run : best),
    null,
  );
  if (longest === null) return text;
  const head = text.slice(0, longest.index).replace(/:$/, "");
  const tail = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${head}::${tail}`;
}

function parseRange(text: string): Range | null {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const isQuad = !text.includes(":");
  const isMapped = isIpv4(address);
  const given = slash < 0 ? (isQuad ? 32 : 128) : Number(text.slice(slash + 1));
  return { address, bits: isQuad ? IPV4_BITS + given : given, isIpv4: isMapped };
}

function holds({ address, bits, isIpv4: isOfIpv4 }: Range, other: Address, isOtherIpv4: boolean): boolean {
  if (isOfIpv4 !== isOtherIpv4) return false;
  const whole = bits >> 4;
  for (let i = 0; i < whole; i++) if (address[i] !== other[i]) return false;
  const left = bits & 15;
  if (left === 0) return true;
  const mask = 0xffff << (16 - left);
  return ((address[whole] as number) & mask) === ((other[whole] as number) & mask);
}

/** A set of ranges that is asked per connection, and per entry of a forwarding field. */
export class AddressRanges {
  readonly #ranges: readonly Range[];

  /** @param texts ranges of a valid configuration; what is none is left out */
  constructor(texts: readonly string[]) {
    this.#ranges = texts.map(parseRange).filter((range) => range !== null);
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** @param text an address; what is none is in no range */
  has(text: string): boolean {
    if (this.#ranges.length === 0) return false;
    const address = parseAddress(text);
    if (address === null) return false;
    const isOfIpv4 = isIpv4(address);
    return this.#ranges.some((range) => holds(range, address, isOfIpv4));
  }
}
