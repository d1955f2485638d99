// A mutation of configuration as data. REST calls, forms and change sets all become these operations; lib/core/config
// applies them to a document, so that every way of editing obeys the same rules.
import * as z from "zod";
import { Id } from "./common.ts";
import { ConfigDocument, NodeInput, Patch, PoolInput, RouteInput } from "./config.ts";

export const ConfigOperation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("pool.create"), id: Id, pool: PoolInput }),
  z.strictObject({ op: z.literal("pool.update"), id: Id, patch: Patch }),
  z.strictObject({ op: z.literal("pool.delete"), id: Id }),
  z.strictObject({ op: z.literal("node.create"), id: Id, poolId: Id, node: NodeInput }),
  z.strictObject({ op: z.literal("node.update"), id: Id, patch: Patch }),
  z.strictObject({ op: z.literal("node.delete"), id: Id }),
  z.strictObject({ op: z.literal("route.create"), id: Id, route: RouteInput }),
  z.strictObject({ op: z.literal("route.update"), id: Id, patch: Patch }),
  z.strictObject({ op: z.literal("route.delete"), id: Id }),
  z.strictObject({ op: z.literal("proxy.update"), patch: Patch }),
  /** Roll back: the whole document becomes that of an earlier revision. */
  z.strictObject({ op: z.literal("document.replace"), document: ConfigDocument }),
]);
export type ConfigOperation = z.infer<typeof ConfigOperation>;

/** Stands for the proxy's own settings wherever an entity has an id: there is one of them. */
export const PROXY_ID = "00000000-0000-0000-0000-000000000000";

/** One difference between two documents, for people: which entity, which field, before and after. */
export const ConfigChange = z.strictObject({
  kind: z.enum(["pool", "node", "route", "proxy"]),
  change: z.enum(["added", "removed", "changed"]),
  id: Id,
  /** Name as people know it: `payments`, `payments / sg-1`, `api.example.org/v1`. */
  name: z.string(),
  fields: z.array(z.strictObject({ path: z.string(), before: z.unknown(), after: z.unknown() })),
});
export type ConfigChange = z.infer<typeof ConfigChange>;
