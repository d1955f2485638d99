// One look-up of one name, as the system would do it, but with TTLs and without getaddrinfo where DNS can tell: hosts
// file, then DNS, then the system's own resolver (search domains, mDNS and whatever else nsswitch.conf names) for names
// that DNS does not know. getaddrinfo runs on Node's four pool threads and may hang there: few at once.
import dns from "node:dns";
import os from "node:os";
import { familyOf, type NameAnswer, type NameFault } from "#lib/core/names.ts";
import { HostsFile } from "./hosts-file.ts";
import { Turnstile } from "./turnstile.ts";

export interface LookUpOptions {
  /** DNS servers, `address` or `address:port`; the system's unless given. Given ones are the only ones asked. */
  servers?: readonly string[];
  hostsFile?: string;
  /** How long one look-up may take in all. */
  timeoutMs?: number;
}

export class LookUpError extends Error {
  readonly fault: NameFault;
  constructor(name: string, fault: NameFault, cause?: unknown) {
    super(`${name}: ${fault}`, { cause });
    this.fault = fault;
  }
}

export type LookUp = (name: string) => Promise<NameAnswer>;

const TIMEOUT_MS = 3_000;
/** Of one question to one server, asked twice. */
const QUESTION_MS = 1_000;
/** Seeing whether the hosts file changed costs next to nothing. */
const HOSTS_TTL_MS = 2_000;
/** getaddrinfo tells no TTL. */
const SYSTEM_TTL_MS = 10_000;
/** RFC 8305 waits 50 ms for the other family before the first connection; in the background there is more time. */
const OTHER_FAMILY_MS = 250;
const MAX_SYSTEM_LOOKUPS = 2;

/** Resolves to at least one address, or rejects with a LookUpError. */
export function makeLookUp({ servers, hostsFile, timeoutMs = TIMEOUT_MS }: LookUpOptions = {}): LookUp {
  const hosts = new HostsFile(hostsFile);
  const threads = new Turnstile(MAX_SYSTEM_LOOKUPS);
  const bySystem: LookUp = (name) =>
    withDeadline(name, timeoutMs, (signal) => threads.pass(() => systemLookUp(name), signal));
  const byDns: LookUp = (name) => withDeadline(name, timeoutMs, (signal) => dnsLookUp(name, servers, signal));

  return async (name) => {
    const addresses = await hosts.find(name);
    if (addresses) return usable({ addresses, ttlMs: HOSTS_TTL_MS });
    if (servers) return usable(await byDns(name));
    if (!name.includes(".")) return usable(await bySystem(name));
    try {
      return usable(await byDns(name));
    } catch (cause) {
      if (!(cause instanceof LookUpError) || cause.fault !== "name-not-found") throw cause;
      return usable(await bySystem(name));
    }
  };
}

/** The signal fires when time is up or the work is over. */
async function withDeadline<T>(name: string, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LookUpError(name, "name-lookup-timeout")), ms);
  });
  try {
    return await Promise.race([work(over.signal), late]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** A resolver a look-up: it can be cancelled by itself, and a changed resolv.conf counts at once. It costs 30 µs. */
async function dnsLookUp(name: string, servers: readonly string[] | undefined, signal: AbortSignal) {
  const resolver = new dns.promises.Resolver({ timeout: QUESTION_MS, tries: 2 });
  if (servers) resolver.setServers(servers);
  signal.addEventListener("abort", () => resolver.cancel());
  const asked = [resolver.resolve4(name, { ttl: true }), resolver.resolve6(name, { ttl: true })] as const;
  const answers = await bothFamilies(asked);
  const found = answers.flatMap((answer) => (answer?.status === "fulfilled" ? answer.value : []));
  if (found.length === 0) throw faultOf(name, answers);
  const unknown = answers.findIndex((answer) => answer === null || (answer.status === "rejected" && !isAbsent(answer)));
  return {
    addresses: found.map(({ address }) => address),
    ttlMs: Math.min(...found.map(({ ttl }) => ttl)) * 1_000,
    ...(unknown >= 0 && { unknownFamily: unknown === 0 ? (4 as const) : (6 as const) }),
  };
}

type Records = PromiseSettledResult<dns.RecordWithTtl[]>;

/** Both answers; null for the one that takes long when the other brought addresses. */
async function bothFamilies(asked: readonly Promise<dns.RecordWithTtl[]>[]): Promise<(Records | null)[]> {
  const answers: (Records | null)[] = asked.map(() => null);
  const settled = asked.map((one, i) =>
    Promise.allSettled([one]).then(([answer]) => {
      answers[i] = answer;
    }),
  );
  await Promise.race(asked).catch(() => Promise.all(settled));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, OTHER_FAMILY_MS);
  });
  await Promise.race([Promise.all(settled), patience]);
  clearTimeout(timer);
  // An empty answer first, addresses later: there is nothing yet that could be used meanwhile.
  if (!answers.some((answer) => answer?.status === "fulfilled" && answer.value.length > 0)) await Promise.all(settled);
  return answers;
}

const codeOf = (cause: unknown): string => String((cause as NodeJS.ErrnoException | null)?.code);
/** NXDOMAIN, or the name has no address of this family. */
const ABSENT: ReadonlySet<string> = new Set([dns.NOTFOUND, dns.NODATA, "EAI_NODATA"]);
const isAbsent = (answer: PromiseRejectedResult): boolean => ABSENT.has(codeOf(answer.reason));

function faultOf(name: string, answers: readonly (Records | null)[]): LookUpError {
  const reasons = answers.flatMap((answer) => (answer?.status === "rejected" ? [answer.reason] : []));
  const real = reasons.find((reason) => !ABSENT.has(codeOf(reason)));
  if (real === undefined) return new LookUpError(name, "name-not-found", reasons[0]);
  const isLate = codeOf(real) === dns.TIMEOUT || codeOf(real) === dns.CANCELLED;
  return new LookUpError(name, isLate ? "name-lookup-timeout" : "name-lookup-failed", real);
}

async function systemLookUp(name: string): Promise<NameAnswer> {
  try {
    const found = await dns.promises.lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address), ttlMs: SYSTEM_TTL_MS };
  } catch (cause) {
    throw new LookUpError(name, ABSENT.has(codeOf(cause)) ? "name-not-found" : "name-lookup-failed", cause);
  }
}

/** Leaves out IPv6 where this host has none, as AI_ADDRCONFIG does: each try would be in vain. */
function usable(answer: NameAnswer): NameAnswer {
  const v4 = answer.addresses.filter((address) => familyOf(address) === 4);
  if (v4.length === 0 || v4.length === answer.addresses.length || hasIpv6()) return answer;
  return { ...answer, addresses: v4 };
}

const hasIpv6 = (): boolean =>
  Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal, address }) => family === "IPv6" && !internal && !address.startsWith("fe80:"));
