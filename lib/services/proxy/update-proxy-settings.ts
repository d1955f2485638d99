import type { Actor } from "#lib/contracts/access.ts";
import { Patch, type ProxySettings } from "#lib/contracts/config.ts";
import { authorise } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";

/**
 * Merges `input` over the proxy's settings: fields left out stay, and settings groups are merged one level deep.
 * @throws {ServiceError} `invalid-input` or `stale-revision`
 */
export async function updateProxySettings(
  actor: Actor,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<ProxySettings>> {
  authorise(actor, "publisher");
  const patch = parse(Patch, input);
  const { document, ...published } = await publish(actor, [{ op: "proxy.update", patch }], options);
  return { entity: document.proxy, ...published };
}
