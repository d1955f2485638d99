// A configuration as a file: by names, without defaults, in one order. The same configuration always gives the same file.
import { type ConfigDocument, type ConfigRoute, ProxySettings } from "#lib/contracts/config.ts";
import { FilePool, FileRoute, type WrittenConfigFile } from "#lib/contracts/config-file.ts";
import { withoutDefaults } from "./defaults.ts";

export type WriteOptions = {
  /** Whether entities are written with their ids. */
  ids: boolean;
};

/**
 * The file of `document`: read again, it makes the same configuration (lib/core/config-file/plan.ts). Every section is there,
 * empty or not, so that the file describes everything.
 */
export function writeFile(document: ConfigDocument, { ids }: WriteOptions): WrittenConfigFile {
  const names = new Map(document.pools.map(({ id, name }) => [id, name]));
  const without = <T extends { id: string }>(entity: T): Omit<T, "id"> & { id?: string } => {
    const { id, ...rest } = entity;
    return ids ? entity : rest;
  };
  const pools = document.pools.map((pool) => ({ ...without(pool), nodes: pool.nodes.map(without) }));
  const routes = document.routes.map((route) => without(fileRoute(route, names)));
  return {
    proxy: withoutDefaults(ProxySettings, document.proxy) as WrittenConfigFile["proxy"],
    pools: pools.map((pool) => withoutDefaults(FilePool, pool)) as WrittenConfigFile["pools"],
    routes: routes.map((route) => withoutDefaults(FileRoute, route)) as WrittenConfigFile["routes"],
  };
}

const fileRoute = ({ poolId, ...route }: ConfigRoute, names: ReadonlyMap<string, string>) => ({
  ...route,
  pool: poolId === null ? null : (names.get(poolId) ?? null),
  poolId: null,
});
