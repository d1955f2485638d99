import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { addressesOf } from "#lib/core/names.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { hostNameOf } from "#workers/names/host-name.ts";
import { notAfterOf } from "./alerts/expiries.ts";
import type { Core } from "./core.ts";
import type { Snapshot } from "./exposition.ts";
import type { Keepers } from "./keepers.ts";

/** What this worker shows to Prometheus, by the names of the configuration in force. */
export function metricsSnapshot(
  core: Core,
  databaseUp: boolean,
  { alerts, resources, measurements }: Pick<Keepers, "alerts" | "resources" | "measurements">,
): Snapshot {
  const nowMs = Date.now();
  const { fleet, passive, proxies, totals, names, certificates } = core;
  const { pools, routes } = fleet.config?.document ?? EMPTY_CONFIG;
  return {
    revision: proxies.revision,
    proxyProcesses: proxies.count,
    databaseUp,
    alerts: alerts.firing(),
    scrapes: resources.scrapes,
    storing: measurements.counts,
    totals,
    ruleFaults: alerts.faults(),
    certificates: (certificates?.certificates ?? []).flatMap(({ name, chain }) => {
      const notAfterMs = notAfterOf(chain);
      return notAfterMs === null ? [] : [{ name, notAfterMs }];
    }),
    routes: routes.map((route) => ({ id: route.id, labels: { route: routeName(route) } })),
    pools: pools.map(({ id, name, classes }) => ({
      id,
      labels: { pool: name },
      classes: classes.map((each) => each.name),
    })),
    nodes: [...fleet.nodes.values()].map((entry) => {
      const { nodeId, node, pool, health, admin, adjustment } = entry;
      const { ejection, breaker } = passive.get(nodeId);
      const hostName = hostNameOf(node.url);
      const name = hostName === null ? null : (names.stateOf(hostName) ?? { state: "pending" });
      return {
        id: nodeId,
        labels: { pool: pool.name, node: node.name },
        up: health.state !== "unhealthy",
        ejected: ejection.state === "ejected",
        breakerOpen: breaker.state === "open",
        admin: admin.state,
        nameFails: name?.state === "failing",
        adjustment,
        resources: pool.resources.source === "off" ? null : resources.of(entry, nowMs),
        addresses: name === null ? 1 : addressesOf(name).length,
      };
    }),
  };
}
