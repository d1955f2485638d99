// Where CPU, memory and queue of a pool's nodes come from, as the form draws it.
import type { ResourceSettings } from "#lib/contracts/config.ts";
import type { Field } from "./setting-groups.ts";

export type ResourcePath = `resources.${keyof ResourceSettings}`;

export const RESOURCE_FIELDS: readonly Field[] = [
  { path: "resources.source", kind: "select", options: ["off", "scrape", "push"] },
  { path: "resources.url", kind: "text" },
  { path: "resources.intervalMs", kind: "duration" },
  { path: "resources.timeoutMs", kind: "duration" },
  { path: "resources.maxBodyBytes", kind: "count" },
  { path: "resources.credentials", kind: "switch" },
  { path: "resources.cpuRatio", kind: "text" },
  { path: "resources.cpuSeconds", kind: "text" },
  { path: "resources.cpuCores", kind: "text" },
  { path: "resources.processCpuSeconds", kind: "text" },
  { path: "resources.processCores", kind: "decimal" },
  { path: "resources.memoryTotal", kind: "text" },
  { path: "resources.memoryAvailable", kind: "text" },
  { path: "resources.processMemory", kind: "text" },
  { path: "resources.processMemoryLimit", kind: "text" },
  { path: "resources.memoryLimitBytes", kind: "count" },
  { path: "resources.queueBacklog", kind: "text" },
];
