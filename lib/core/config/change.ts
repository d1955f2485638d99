// What a revision changes, for who runs another one already: of a thousand nodes of which one got another weight only that
// one travels, is parsed, and is put in force. Whatever stayed is the very same object before and after.
import type { ConfigChange } from "#lib/contracts/bus.ts";
import type { ConfigNode, ConfigPool, PublishedConfig, SealedSecret } from "#lib/contracts/config.ts";

/** The way from `base` to `next`: what is not the same object in both counts as changed. */
export function changeBetween(base: PublishedConfig, next: PublishedConfig): ConfigChange {
  const known = new Map(base.document.pools.map((pool) => [pool.id, pool]));
  const secrets = secretsBetween(base.secrets ?? [], next.secrets ?? []);
  const change: ConfigChange = {
    base: base.revision,
    revision: next.revision,
    poolIds: next.document.pools.map(({ id }) => id),
    pools: [],
    nodes: [],
    ...(next.document.routes !== base.document.routes && { routes: next.document.routes }),
    ...(next.document.proxy !== base.document.proxy && { proxy: next.document.proxy }),
    ...(secrets && { secrets }),
  };
  for (const pool of next.document.pools) {
    const before = known.get(pool.id);
    if (before === pool) continue;
    const nodes = new Set<ConfigNode>(before?.nodes);
    change.pools.push({ ...pool, nodes: pool.nodes.map(({ id }) => id) });
    change.nodes.push(...pool.nodes.filter((node) => !nodes.has(node)));
  }
  return change;
}

/**
 * `base` with `change` carried out.
 * @throws {Error} when `base` is not what the change was made for
 */
export function withChange(base: PublishedConfig | null, change: ConfigChange): PublishedConfig {
  if (base?.revision !== change.base)
    throw new Error(`a change of revision ${change.base} does not fit ${base?.revision}`);
  const { document } = base;
  const before = new Map(document.pools.map((pool) => [pool.id, pool]));
  const changed = new Map(change.pools.map((pool) => [pool.id, pool]));
  const news = new Map(change.nodes.map((node) => [node.id, node]));
  const pools = change.poolIds.map((id): ConfigPool => {
    const pool = changed.get(id);
    const known = before.get(id);
    if (!pool) return known ?? missing("pool", id);
    const old = new Map(known?.nodes.map((node) => [node.id, node]));
    return { ...pool, nodes: pool.nodes.map((node) => news.get(node) ?? old.get(node) ?? missing("node", node)) };
  });
  const { routes = document.routes, proxy = document.proxy } = change;
  const secrets = secretsAfter(base.secrets, change.secrets);
  return { revision: change.revision, document: { pools, routes, proxy }, ...(secrets && { secrets }) };
}

/** By their texts: another key seals a value anew that stays the same. */
function secretsBetween(base: readonly SealedSecret[], next: readonly SealedSecret[]): ConfigChange["secrets"] {
  const known = new Map(base.map((secret) => [secret.id, secret]));
  const put: SealedSecret[] = [];
  for (const secret of next) {
    const before = known.get(secret.id);
    known.delete(secret.id);
    if (before?.sealed !== secret.sealed || before.ownerId !== secret.ownerId) put.push(secret);
  }
  return put.length + known.size > 0 ? { put, gone: [...known.keys()] } : undefined;
}

/** In the order of their ids, as control reads them; none at all when there are none. */
function secretsAfter(base: readonly SealedSecret[] | undefined, change: ConfigChange["secrets"]) {
  if (!change) return base?.slice();
  const secrets = new Map(base?.map((secret) => [secret.id, secret]));
  for (const id of change.gone) secrets.delete(id);
  for (const secret of change.put) secrets.set(secret.id, secret);
  return secrets.size === 0 ? undefined : [...secrets.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function missing(what: string, id: string): never {
  throw new Error(`a change speaks of the ${what} ${id}, which it does not hold`);
}
