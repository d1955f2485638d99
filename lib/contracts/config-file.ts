// The configuration as people keep it in a file: entities go by name, ids may be left out, and what has a default may be
// left out as well. GET and PUT /api/v1/config, the command line and the JSON Schema for editors are all of this shape.
import * as z from "zod";
import { WarningView } from "./change-sets.ts";
import { Id, Name } from "./common.ts";
import { nodeFields } from "./config/node.ts";
import { poolFields } from "./config/pool.ts";
import { checkRoute, routeFields } from "./config/route.ts";
import { ProxySettings } from "./config.ts";
import { ConfigChange } from "./operations.ts";

/** Only needed to give an entity that is known another name, and to bring one back under its old id. */
const OptionalId = Id.optional();

const { name: nodeName, ...otherNodeFields } = nodeFields;
export const FileNode = z.strictObject({ name: nodeName, id: OptionalId, ...otherNodeFields });
export type FileNode = z.infer<typeof FileNode>;

const { name: poolName, ...otherPoolFields } = poolFields;
export const FilePool = z.strictObject({
  name: poolName,
  id: OptionalId,
  ...otherPoolFields,
  /** Left out: the file says nothing of the pool's nodes, and they stay as they are. */
  nodes: z.array(FileNode).optional(),
});
export type FilePool = z.infer<typeof FilePool>;

const { name: routeNameField, match, poolId: _, ...otherRouteFields } = routeFields;
/** Stands for the pool that a name leads to, while a route is looked at by itself. */
const SOME_POOL = "00000000-0000-4000-8000-000000000000";

export const FileRoute = z
  .strictObject({
    name: routeNameField,
    id: OptionalId,
    match,
    /** Name of the pool that it leads to. */
    pool: Name.nullable().default(null),
    /** The same by id, for who has no name at hand. */
    poolId: Id.nullable().default(null),
    ...otherRouteFields,
  })
  .superRefine((route, ctx) => {
    const { pool, poolId } = route;
    if (pool !== null && poolId !== null)
      ctx.addIssue({ code: "custom", path: ["poolId"], message: "is told by pool already", input: route });
    const fault = ctx.addIssue.bind(ctx);
    const told = Object.assign(Object.create(ctx), {
      addIssue: (issue: { path?: PropertyKey[] }) =>
        fault({ ...issue, path: issue.path?.[0] === "poolId" ? ["pool"] : issue.path } as Parameters<typeof fault>[0]),
    });
    checkRoute({ ...route, poolId: poolId ?? (pool === null ? null : SOME_POOL) }, told);
  });
export type FileRoute = z.infer<typeof FileRoute>;

/**
 * A whole file. A section that is left out is not described, and stays as it is; a section that is there describes its
 * entities whole: settings that are left out have their defaults.
 */
export const ConfigFile = z.strictObject({
  /** For editors: where the JSON Schema is. */
  $schema: z.string().max(2_000).optional(),
  proxy: ProxySettings.optional(),
  pools: z.array(FilePool).optional(),
  routes: z.array(FileRoute).optional(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
/** As it is written: without what is the default anyway. */
export type WrittenConfigFile = z.input<typeof ConfigFile>;

export const CONFIG_FORMATS = ["json", "yaml"] as const;
export const ConfigFormat = z.enum(CONFIG_FORMATS);
export type ConfigFormat = z.infer<typeof ConfigFormat>;

/** A yes or no in a query. */
const Flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

export const ExportQuery = z.strictObject({
  /** Before what Accept says; `json` unless either says otherwise. */
  format: ConfigFormat.optional(),
  /** `false` leaves the ids out, for a file that several installations are made from. */
  ids: z
    .enum(["true", "false"])
    .default("true")
    .transform((text) => text === "true"),
});
export type ExportQuery = z.infer<typeof ExportQuery>;

export const ImportQuery = z.strictObject({
  /** Only tells what would come of it. */
  dryRun: Flag,
  /** Deletes what the sections of the file do not hold; it is kept otherwise. */
  prune: Flag,
  /** As `confirm`, by its earlier name: ids of warnings, parted by commas; `true`: whatever they are. */
  confirmWarnings: z
    .string()
    .max(100_000)
    .default("false")
    .transform((text) => (text === "true" ? "all" : text === "false" ? [] : text.split(",").map((id) => id.trim()))),
  /** What its author says of it, kept with the revision. */
  note: z.string().trim().max(500).optional(),
});
export type ImportQuery = z.infer<typeof ImportQuery>;

/** Something in force that a file does not hold, though it has the section that it would stand in. */
export const OmittedEntity = z.strictObject({
  kind: z.enum(["pool", "node", "route"]),
  id: Id,
  name: z.string(),
  /** `deleted` with `prune`, else `kept`. */
  fate: z.enum(["kept", "deleted"]),
});
export type OmittedEntity = z.infer<typeof OmittedEntity>;

/** What came, or with `dryRun` would come, of a file. */
export const ImportResult = z.strictObject({
  dryRun: z.boolean(),
  /** In force afterwards; of a dry run: the one that the file was compared with. */
  revision: z.int().min(0),
  changes: z.array(ConfigChange),
  /** Allowed, but hardly meant; those that need confirmation stop a publish without `confirmWarnings`. */
  warnings: z.array(WarningView),
  omitted: z.array(OmittedEntity),
  /** Of a dry run: the whole configuration as it would be, written as a file. */
  result: z.record(z.string(), z.unknown()).optional(),
});
export type ImportResult = z.infer<typeof ImportResult>;
