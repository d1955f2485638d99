// What is known of a node's resources at some moment, from what was told last: figures that grew old are missing, not repeated.
import { type ResourceSettings, resourcesExpireMs } from "#lib/contracts/config/resources.ts";
import type { NodeResources, ResourceMissing, ResourceReading } from "#lib/contracts/resources.ts";
import type { ResourceFigures } from "../alerts/figures.ts";

/** What was told last of a node, whoever told it. */
export interface ToldResources {
  readonly source: "scrape" | "push";
  readonly atMs: number;
  readonly by: string;
  readonly reading: ResourceReading;
}

/** All three, for one reason. */
export function nothingKnown(reason: ResourceMissing | (string & {}), detail = ""): ResourceReading {
  const missing = { state: "missing", reason, detail: detail.slice(0, 500) } as const;
  return { cpu: missing, memory: missing, backlog: missing };
}

type Of = { readonly nodeId: string; readonly poolId: string; readonly settings: ResourceSettings };

export function currentResources(
  { nodeId, poolId, settings }: Of,
  told: ToldResources | null,
  nowMs: number,
): NodeResources {
  const { source } = settings;
  const about = { nodeId, poolId, source };
  if (source === "off") return { ...about, atMs: null, expiresMs: null, by: "", ...nothingKnown("not-configured") };
  // What another source told before the settings changed is not what this one says.
  if (told === null || told.source !== source)
    return { ...about, atMs: null, expiresMs: null, by: "", ...nothingKnown("not-told") };
  const { atMs, by, reading } = told;
  const expiresMs = resourcesExpireMs(atMs, settings);
  return { ...about, atMs, expiresMs, by, ...(nowMs >= expiresMs ? nothingKnown("too-old") : reading) };
}

/** As rules of alerts see them. */
export const resourceFigures = ({ cpu, memory, backlog }: ResourceReading): ResourceFigures => ({
  cpuRatio: cpu.state === "known" ? cpu.ratio : null,
  memoryRatio: memory.state === "known" ? memory.ratio : null,
  memoryBytes: memory.state === "known" ? memory.usedBytes : null,
  backlog: backlog.state === "known" ? backlog.waiting : null,
});
