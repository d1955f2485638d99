// Where a node's CPU, memory and queue come from: its own Prometheus endpoint, or an agent that pushes them. The defaults read
// node_exporter's metrics of the host and, where there are none, those that client libraries tell of their process.
import { z } from "zod";
import { durationMs } from "../common.ts";
import { SeriesSelector } from "./series-selector.ts";

export const RESOURCE_SOURCES = ["off", "scrape", "push"] as const;
export type ResourceSource = (typeof RESOURCE_SOURCES)[number];

/** What an address to scrape may name of the node. `{url}` is its whole URL, with its base path and no slash at its end. */
export const SCRAPE_PLACEHOLDERS = ["url", "scheme", "host", "port"] as const;

/** Puts a node's URL into an address to scrape. */
export function scrapeUrl(template: string, nodeUrl: string): string {
  const url = new URL(nodeUrl);
  const values: Record<string, string> = {
    url: nodeUrl.replace(/\/$/, ""),
    scheme: url.protocol.slice(0, -1),
    host: url.hostname,
    port: url.port || (url.protocol === "https:" ? "443" : "80"),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function urlFault(template: string): string | null {
  const unknown = [...template.matchAll(/\{([^}]*)\}/g)].find(
    ([, name = ""]) => !(SCRAPE_PLACEHOLDERS as readonly string[]).includes(name),
  );
  if (unknown) return `${unknown[0]} is not known: it may name {url}, {scheme}, {host} and {port}`;
  const text = scrapeUrl(template, "http://node.example:8080/base");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:\/\//i.test(text)) return "must be an address such as http://{host}:9100/metrics";
  if (url.username || url.password) return "must not carry a user name or password";
  if (url.hash) return "must not carry a fragment";
  return url.port === "0" ? "must name a port from 1 to 65535" : null;
}

const DEFAULT_URL = "http://{host}:9100/metrics";

/** An address to scrape; it may name parts of the node's URL. */
export const ScrapeUrl = z
  .string()
  .trim()
  .max(2_000)
  .superRefine((text, ctx) => {
    if (text === "" || text === DEFAULT_URL) return;
    const message = urlFault(text);
    if (message !== null) ctx.addIssue({ code: "custom", message });
  });

export const ResourceSettings = z
  .strictObject({
    /** `scrape`: workers ask the nodes; `push`: agents tell (POST /nodes/{id}/resources). */
    source: z.enum(RESOURCE_SOURCES).default("off"),
    /** Where a node without an address of its own (`resourcesUrl`) is asked. */
    url: ScrapeUrl.default(DEFAULT_URL),
    /** How often a node is asked, or pushes. What is older than three of these is shown as missing. */
    intervalMs: durationMs(1_000, 300_000).default(5_000),
    /** From the look-up of the name to the last byte; at most the interval. */
    timeoutMs: durationMs(100, 60_000).default(3_000),
    /** An answer that is longer is not read. */
    maxBodyBytes: z.int().min(1_024).max(16_777_216).default(4_194_304),
    /** Whether the node's credentials are sent along, where the address is on the node's own host. */
    credentials: z.boolean().default(false),
    /** A gauge of the share of all CPU time that is used, 0–1: where there is one, it says it all. */
    cpuRatio: SeriesSelector.default(""),
    /** Counters of busy CPU seconds, summed (node_exporter's own rule: all but idle, iowait and steal). */
    cpuSeconds: SeriesSelector.default('node_cpu_seconds_total{mode!="idle",mode!="iowait",mode!="steal"}'),
    /** As many series as there are cores. */
    cpuCores: SeriesSelector.default('node_cpu_seconds_total{mode="idle"}'),
    /** Counter of the CPU seconds of the process itself; used where there is nothing of the host. */
    processCpuSeconds: SeriesSelector.default("process_cpu_seconds_total"),
    /** Cores that the process may use, which its seconds are compared with. */
    processCores: z.number().min(0.01).max(4_096).default(1),
    memoryTotal: SeriesSelector.default("node_memory_MemTotal_bytes"),
    memoryAvailable: SeriesSelector.default("node_memory_MemAvailable_bytes"),
    /** Memory of the process itself, used where there is nothing of the host. */
    processMemory: SeriesSelector.default("process_resident_memory_bytes"),
    /** How much the process may use at most, as it tells. */
    processMemoryLimit: SeriesSelector.default("container_spec_memory_limit_bytes"),
    /** The same where it does not tell; 0: not known, so that there is no share of it. */
    memoryLimitBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    /** Gauge of what waits at the node: jobs, requests, messages; several series are summed. Empty: not read. */
    queueBacklog: SeriesSelector.default(""),
  })
  .superRefine(({ source, url, timeoutMs, intervalMs }, ctx) => {
    if (source === "scrape" && url === "")
      ctx.addIssue({ code: "custom", path: ["url"], message: "must not be empty while nodes are asked" });
    if (source === "scrape" && timeoutMs > intervalMs)
      ctx.addIssue({ code: "custom", path: ["timeoutMs"], message: "must not be longer than the interval" });
  });
export type ResourceSettings = z.infer<typeof ResourceSettings>;

/** Until when a figure is believed. */
export const resourcesExpireMs = (atMs: number, { intervalMs }: Pick<ResourceSettings, "intervalMs">): number =>
  atMs + 3 * intervalMs;
