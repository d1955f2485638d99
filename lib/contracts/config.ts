// The configuration: pools of nodes, and the routes that lead to them. One document of this shape is one revision's
// content; the API's inputs, the forms, the database and the workers' snapshots are all read from these schemas.
// Defaults here make a pool of plain HTTP nodes work with name, algorithm and node URLs alone (see DESIGN of each
// setting in docs/configuration.md).
import * as z from "zod";
import { Id } from "./common.ts";
import { CanaryKey, CanarySettings } from "./config/canary.ts";
import { nodeFields } from "./config/node.ts";
import { poolFields } from "./config/pool.ts";
import { proxyFields } from "./config/proxy.ts";
import { checkRoute, routeFields } from "./config/route.ts";
import { SealedSecret } from "./config/secret.ts";

export * from "./config/admission.ts";
export * from "./config/alert-rule.ts";
export * from "./config/canary.ts";
export * from "./config/credential.ts";
export * from "./config/header.ts";
export * from "./config/health-check.ts";
export * from "./config/node.ts";
export * from "./config/node-budget.ts";
export * from "./config/pool.ts";
export * from "./config/protection.ts";
export * from "./config/proxy.ts";
export * from "./config/rate-limit.ts";
export * from "./config/recording.ts";
export * from "./config/resources.ts";
export * from "./config/route.ts";
export * from "./config/route-action.ts";
export * from "./config/secret.ts";
export * from "./config/stickiness.ts";
export * from "./config/tls.ts";
export * from "./config/tracing.ts";
export * from "./config/weighting.ts";

// Inputs of the API: strict, so that a misspelt field is named and never silently ignored.
export const PoolInput = z.strictObject(poolFields);
export type PoolInput = z.infer<typeof PoolInput>;
export const NodeInput = z.strictObject(nodeFields);
export type NodeInput = z.infer<typeof NodeInput>;
export const RouteInput = z.strictObject(routeFields).superRefine(checkRoute);
export type RouteInput = z.infer<typeof RouteInput>;
/** Body of POST /pools: a pool, and the nodes it starts with in the same revision. */
export const PoolCreate = PoolInput.extend({ nodes: z.array(NodeInput).max(1_000).default([]) });
export type PoolCreate = z.infer<typeof PoolCreate>;

/** Entities inside a configuration document. Order of nodes is the order they were added in. */
export const ConfigNode = z.strictObject({ id: Id, ...nodeFields });
export type ConfigNode = z.infer<typeof ConfigNode>;
export const ConfigPool = z.strictObject({ id: Id, ...poolFields, nodes: z.array(ConfigNode) });
export type ConfigPool = z.infer<typeof ConfigPool>;
export const ConfigRoute = z.strictObject({ id: Id, ...routeFields }).superRefine(checkRoute);
export type ConfigRoute = z.infer<typeof ConfigRoute>;

/** What holds for the proxy as a whole: there is one of it, which is never made and never removed. */
export const ProxySettings = z.strictObject(proxyFields);
export type ProxySettings = z.infer<typeof ProxySettings>;

/** The whole configuration: the content of one revision. */
export const ConfigDocument = z.strictObject({
  pools: z.array(ConfigPool),
  routes: z.array(ConfigRoute),
  proxy: ProxySettings.prefault({}),
});
export type ConfigDocument = z.infer<typeof ConfigDocument>;
export const EMPTY_CONFIG: ConfigDocument = { pools: [], routes: [], proxy: ProxySettings.parse({}) };

/** A running canary, as workers receive it beside the revision in force. */
export const PublishedCanary = z.strictObject({
  id: Id,
  revision: z.int().min(1),
  document: ConfigDocument,
  sharePercent: CanarySettings.shape.sharePercent,
  key: CanaryKey,
});
export type PublishedCanary = z.infer<typeof PublishedCanary>;

/** A published revision as workers receive it, and the canary that runs beside it, if one does. */
export const PublishedConfig = z.strictObject({
  revision: z.int().min(0),
  document: ConfigDocument,
  canary: PublishedCanary.optional(),
  /** What the references of both lead to, sealed; not there when they have none. */
  secrets: z.array(SealedSecret).optional(),
});
export type PublishedConfig = z.infer<typeof PublishedConfig>;

/**
 * PATCH bodies: any subset of the input's fields, one level of settings groups merged (`{breaker: {openMs: 1}}` keeps
 * the other breaker settings). They are merged over the present entity and the result parsed by the input's schema.
 */
export const Patch = z.record(z.string(), z.unknown());
export type Patch = z.infer<typeof Patch>;
