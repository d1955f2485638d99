// CPU, memory and queue of the nodes, for Prometheus. What is missing has no sample: a zero would be a claim.
import type { NodeResources } from "#lib/contracts/resources.ts";
import type { Snapshot } from "./exposition.ts";
import { family, type Sample } from "./exposition-format.ts";

type Family = readonly [name: string, help: string, of: (resources: NodeResources) => number | null];

const FAMILIES: readonly Family[] = [
  [
    "gb_node_cpu_ratio",
    "CPU that the node uses, 0-1 of all its cores.",
    ({ cpu }) => (cpu.state === "known" ? cpu.ratio : null),
  ],
  [
    "gb_node_memory_used_bytes",
    "Memory that the node uses.",
    ({ memory }) => (memory.state === "known" ? memory.usedBytes : null),
  ],
  [
    "gb_node_memory_limit_bytes",
    "Memory that the node may use, where that is known.",
    ({ memory }) => (memory.state === "known" ? memory.limitBytes : null),
  ],
  [
    "gb_node_queue_backlog",
    "What waits at the node, by its own word.",
    ({ backlog }) => (backlog.state === "known" ? backlog.waiting : null),
  ],
  [
    "gb_node_resources_timestamp_seconds",
    "When the node was last asked, or pushed, as Unix time.",
    ({ atMs }) => (atMs === null ? null : atMs / 1_000),
  ],
];
const SCRAPES_HELP = "Times this worker asked nodes for their resources, by result.";

export function resourceExposition({ nodes, scrapes = new Map() }: Snapshot): string {
  const families = FAMILIES.map(([name, help, of]) => {
    const samples = nodes.flatMap(({ labels, resources }): Sample[] => {
      const value = resources && of(resources);
      return value === null ? [] : [{ labels, value }];
    });
    return family(name, "gauge", help, samples);
  });
  const results = [...scrapes].map(([result, value]): Sample => ({ labels: { result }, value }));
  return [...families, family("gb_node_resource_scrapes_total", "counter", SCRAPES_HELP, results)].join("");
}
