// Many nodes in one call, and one revision.
import * as z from "zod";
import { Id } from "./common.ts";
import { NodeInput, Patch } from "./config.ts";
import { Warning } from "./publishing.ts";
import { NodeView } from "./views.ts";

/** Changes in one call; its body has at most 1 MiB besides. */
export const MAX_BULK = 1_000;

export const NodeChange = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("create"), poolId: Id, node: NodeInput }),
  z.strictObject({ do: z.literal("update"), id: Id, patch: Patch }),
  z.strictObject({ do: z.literal("delete"), id: Id }),
]);
export type NodeChange = z.infer<typeof NodeChange>;

export const BulkNodesInput = z.strictObject({
  changes: z.array(NodeChange).min(1).max(MAX_BULK),
  /** What its author says of it. */
  note: z.string().trim().max(500).optional(),
});

export const BulkNodes = z.strictObject({
  /** One for each change, in its order: the node as it is now, null for one that was deleted. */
  nodes: z.array(NodeView.nullable()),
  /** What the change brings that is legal but hardly meant. */
  warnings: z.array(Warning),
  revision: z.int(),
});
export type BulkNodes = z.infer<typeof BulkNodes>;
