import type { Actor } from "#lib/contracts/access.ts";
import type { ProxySettings } from "#lib/contracts/config.ts";
import { authorise } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";

/** The settings of the proxy as a whole. They are always there: before the first publish they are the defaults. */
export async function getProxySettings(actor: Actor, changeSet?: string): Promise<AtRevision<ProxySettings>> {
  authorise(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  return { revision: number, changeSet, entity: document.proxy };
}
