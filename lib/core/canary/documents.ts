// Two configurations over one set of nodes: what only the canary has, and what a canary cannot differ in.
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";

/** A pool of the configuration in force, or one that only the canary has, and the nodes that are in it for the canary alone. */
export type SharedPool = { readonly pool: ConfigPool; readonly canaryNodes: readonly ConfigNode[] };

/** All pools and nodes there are while the canary runs. Without a canary: those of the configuration in force. */
export function sharedPools(control: ConfigDocument, canary: ConfigDocument | undefined): SharedPool[] {
  if (canary === undefined) return control.pools.map((pool) => ({ pool, canaryNodes: [] }));
  const known = nodeIds(control);
  const canaryNodesOf = new Map(
    canary.pools.map((pool) => [pool.id, pool.nodes.filter((node) => !known.has(node.id))] as const),
  );
  const own = new Set(control.pools.map(({ id }) => id));
  return [
    ...control.pools.map((pool) => ({ pool, canaryNodes: canaryNodesOf.get(pool.id) ?? [] })),
    ...canary.pools
      .filter(({ id }) => !own.has(id))
      .map((pool) => ({ pool: { ...pool, nodes: [] }, canaryNodes: canaryNodesOf.get(pool.id) ?? [] })),
  ];
}

/** What anything is kept for: the configuration in force, with what the canary has besides. */
export function everythingOf(control: ConfigDocument, canary: ConfigDocument | undefined): ConfigDocument {
  if (canary === undefined) return control;
  const own = new Set(control.routes.map(({ id }) => id));
  return {
    ...control,
    pools: sharedPools(control, canary).map(({ pool, canaryNodes }) => ({
      ...pool,
      nodes: [...pool.nodes, ...canaryNodes],
    })),
    routes: [...control.routes, ...canary.routes.filter(({ id }) => !own.has(id))],
  };
}

/**
 * Why `canary` cannot run beside `control`: a node is one server, of which there is one state. It can be in another pool, or
 * have another address, for nobody or for everybody.
 */
export function canaryFaults(control: ConfigDocument, canary: ConfigDocument): Fault[] {
  const placeOf = places(control);
  return canary.pools.flatMap((pool, atPool) =>
    pool.nodes.flatMap((node, atNode): Fault[] => {
      const known = placeOf.get(node.id);
      if (known === undefined) return [];
      const fault = (field: string, message: string): Fault => ({
        path: ["pools", atPool, "nodes", atNode, ...(field === "" ? [] : [field])],
        code: "canary-needs-same-node",
        message: `node ${node.name} ${message}`,
      });
      if (known.pool.id !== pool.id)
        return [fault("", "is moved to another pool, which a canary cannot try out: add it there as a new node")];
      return known.node.url === node.url
        ? []
        : [fault("url", "gets another address, which a canary cannot try out: add it as a new node")];
    }),
  );
}

function places(document: ConfigDocument): Map<string, { pool: ConfigPool; node: ConfigNode }> {
  return new Map(document.pools.flatMap((pool) => pool.nodes.map((node) => [node.id, { pool, node }] as const)));
}

const nodeIds = (document: ConfigDocument): Set<string> =>
  new Set(document.pools.flatMap((pool) => pool.nodes.map(({ id }) => id)));
