// When a node's host name is looked up again, what is made of the answer, and in which order its addresses are tried.
// TTLs are honoured between bounds; a failed or empty look-up keeps the last good addresses (as Envoy's STRICT_DNS does)
// and is repeated with backoff. Addresses take turns; one that just failed comes last while there are others.

/** What is known of a name. Addresses are sorted and distinct, so that two answers can be compared. */
export type NameState =
  | { readonly state: "pending" }
  | { readonly state: "resolved"; readonly addresses: readonly string[]; readonly lastGoodMs: number }
  | {
      readonly state: "failing";
      /** The last good ones; empty when there were none. */
      readonly addresses: readonly string[];
      readonly lastGoodMs: number | null;
      readonly sinceMs: number;
      readonly failures: number;
      readonly cause: NameFault;
    };

export const NAME_FAULTS = ["name-not-found", "name-lookup-failed", "name-lookup-timeout"] as const;
export type NameFault = (typeof NAME_FAULTS)[number];

export interface NameAnswer {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
  /** The family that could not be asked for: what was known of it stays. */
  readonly unknownFamily?: 4 | 6;
}

export interface NameStep {
  readonly state: NameState;
  /** How long until the next look-up. */
  readonly nextInMs: number;
  /** Whether people or connections should hear of it: most answers only confirm the known. */
  readonly isNews: boolean;
}

export const MIN_REFRESH_MS = 1_000;
export const MAX_REFRESH_MS = 60_000;
/** Later only: an answer asked for before its TTL is over comes from the same cache. */
const JITTER_RATIO = 0.1;
const MAX_BACKOFF_MS = 10_000;
/** How long an address that could not be connected to comes last. */
export const AVOID_MS = 10_000;
/** Addresses tried for one connection. */
export const MAX_TRIES = 3;

export const familyOf = (address: string): 4 | 6 => (address.includes(":") ? 6 : 4);

export const addressesOf = (state: NameState): readonly string[] => (state.state === "pending" ? [] : state.addresses);

const jittered = (ms: number, random: number): number => Math.round(ms * (1 + JITTER_RATIO * random));

/** A look-up brought addresses (at least one). @param random in [0, 1) */
export function nameAnswered(before: NameState, answer: NameAnswer, nowMs: number, random: number): NameStep {
  if (answer.addresses.length === 0) throw new RangeError("an answer without addresses is a failed look-up");
  const known = addressesOf(before);
  const kept = known.filter((address) => familyOf(address) === answer.unknownFamily);
  const addresses = [...new Set([...answer.addresses, ...kept])].sort();
  const isSame = addresses.length === known.length && addresses.every((address, i) => address === known[i]);
  const ttlMs = Math.min(Math.max(answer.ttlMs, MIN_REFRESH_MS), MAX_REFRESH_MS);
  return {
    state: { state: "resolved", addresses: isSame ? known : addresses, lastGoodMs: nowMs },
    nextInMs: jittered(ttlMs, random),
    isNews: before.state !== "resolved" || !isSame,
  };
}

/** A look-up failed, timed out or came back empty. @param random in [0, 1) */
export function nameFailed(before: NameState, cause: NameFault, nowMs: number, random: number): NameStep {
  const wasFailing = before.state === "failing";
  const failures = wasFailing ? before.failures + 1 : 1;
  const state: NameState = {
    state: "failing",
    addresses: addressesOf(before),
    lastGoodMs: before.state === "pending" ? null : before.lastGoodMs,
    sinceMs: wasFailing ? before.sinceMs : nowMs,
    failures,
    cause,
  };
  const backoffMs = Math.min(MIN_REFRESH_MS * 2 ** Math.min(failures - 1, 10), MAX_BACKOFF_MS);
  return { state, nextInMs: jittered(backoffMs, random), isNews: !wasFailing || before.cause !== cause };
}

/**
 * The addresses to try for one connection, best first.
 * @param turn grows by one with every connection
 * @param avoidUntilMs address → until when it comes last, for it could not be connected to
 */
export function addressOrder(
  addresses: readonly string[],
  turn: number,
  avoidUntilMs: ReadonlyMap<string, number>,
  nowMs: number,
): string[] {
  const isAvoided = (address: string): boolean => (avoidUntilMs.get(address) ?? 0) > nowMs;
  const good = avoidUntilMs.size === 0 ? addresses : addresses.filter((address) => !isAvoided(address));
  const start = good.length === 0 ? 0 : turn % good.length;
  const order = [...good.slice(start), ...good.slice(0, start)];
  if (good.length < addresses.length) {
    const untilMs = (address: string): number => avoidUntilMs.get(address) ?? 0;
    order.push(...addresses.filter(isAvoided).sort((a, b) => untilMs(a) - untilMs(b)));
  }
  return order.slice(0, MAX_TRIES);
}

/** A hosts file (hosts(5)): lower-case name → addresses, in their order. What is no address is passed over. */
export function parseHosts(text: string, isAddress: (text: string) => boolean): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!isAddress(address)) continue;
    for (const name of names.map(bareName)) {
      const known = hosts.get(name);
      if (known === undefined) hosts.set(name, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return hosts;
}

/** A name as hosts files are searched for it: names have no case, and a dot at the end only says that it is whole. */
export const bareName = (name: string): string => name.toLowerCase().replace(/\.$/, "");
