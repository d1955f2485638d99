import { RetentionPatch, RetentionView, StorageView } from "#lib/contracts/retention.ts";
import type { Endpoint } from "#lib/server/endpoint.ts";
import { getRetention, updateRetention } from "#lib/services/retention/retention.ts";
import { readStorage } from "#lib/services/retention/storage.ts";

const tag = "Retention";

export const RETENTION_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/retention",
    operationId: "getRetention",
    tag,
    summary: "How long history is kept",
    role: "viewer",
    output: RetentionView,
    handle: async (_, actor) => ({ body: await getRetention(actor) }),
  },
  {
    method: "PATCH",
    path: "/retention",
    operationId: "updateRetention",
    tag,
    summary: "Change how long history is kept",
    description:
      "Fields left out stay; null keeps for ever. Workers clean up by it at once, one at a time and in batches. The revision in " +
      "force is never removed, nor one that a worker runs, a running canary has, or a draft began from.",
    role: "admin",
    input: RetentionPatch,
    output: RetentionView,
    handle: async ({ input }, actor) => ({ body: await updateRetention(actor, input) }),
  },
  {
    method: "GET",
    path: "/storage",
    operationId: "getStorage",
    tag,
    summary: "What history takes up, how its last clean-ups went, and how the audit is protected",
    description: "`auditProtection` is `trigger` when the product works as the role that owns the tables.",
    role: "operator",
    output: StorageView,
    handle: async (_, actor) => ({ body: await readStorage(actor) }),
  },
];
