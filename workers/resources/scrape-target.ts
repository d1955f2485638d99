// Where and how one node is asked for its resources, made ready once: who asks only sends and reads.
import type { ConfigNode, ConfigPool, NodeCredential, ResourceSettings } from "#lib/contracts/config.ts";
import { scrapeUrl } from "#lib/contracts/config.ts";
import { type ReadingPlan, readingPlan } from "#lib/core/resources/reading.ts";
import { compileCredentials, queryWith } from "#lib/core/routing/credentials.ts";
import { hostOf } from "#workers/names/host-name.ts";
import { type Origin, originOf } from "#workers/probes/open.ts";
import type { OpenSecret } from "#workers/probes/target.ts";

export interface ScrapeTarget {
  readonly nodeId: string;
  readonly settings: ResourceSettings;
  readonly plan: ReadingPlan;
  readonly url: string;
  readonly origin: Origin;
  /** The whole request as it is sent. */
  readonly request: Buffer;
  /** Values in it that nobody may see. */
  readonly hidden: readonly string[];
}

const plans = new WeakMap<ResourceSettings, ReadingPlan>();
function planOf(settings: ResourceSettings): ReadingPlan {
  const plan = plans.get(settings) ?? readingPlan(settings);
  plans.set(settings, plan);
  return plan;
}

const ACCEPT = "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1";

export function scrapeTarget(node: ConfigNode, pool: ConfigPool, open: OpenSecret): ScrapeTarget {
  const settings = pool.resources;
  const address = new URL(scrapeUrl(node.resourcesUrl || settings.url, node.url));
  const isOwnHost = hostOf(address) === hostOf(new URL(node.url));
  // The name that a node's certificate is asked for says nothing of another host.
  const tls = isOwnHost ? pool.tls : { ...pool.tls, serverName: "" };
  const hidden: string[] = [];
  const opened = (settings.credentials && isOwnHost ? node.credentials : []).map((one): NodeCredential => {
    const value = open(one.value, node.id);
    hidden.push(value);
    return { ...one, value: { value } };
  });
  const credentials = compileCredentials(opened);
  const query =
    credentials === null || credentials.query === "" ? address.search : queryWith(address.search, credentials);
  const head =
    `GET ${address.pathname}${query} HTTP/1.1\r\nHost: ${address.host}\r\nUser-Agent: gemini-balance-resources\r\n` +
    `Accept: ${ACCEPT}\r\n${credentials?.fields ?? ""}Connection: close\r\n\r\n`;
  return {
    nodeId: node.id,
    settings,
    plan: planOf(settings),
    url: address.href,
    origin: originOf(address.href, tls),
    request: Buffer.from(head, "latin1"),
    hidden,
  };
}

/** Whether both ask the same server for the same: what was counted by one goes on with the other. */
export const isSameScrape = (a: ScrapeTarget, b: ScrapeTarget): boolean =>
  a.url === b.url && a.settings.intervalMs === b.settings.intervalMs && a.request.equals(b.request);
