// What a node wants to see in a request before it answers: an API key, say. A secret of this one node.
import * as z from "zod";
import { RequestEditName } from "./header.ts";
import { SecretHeader, SecretParameter } from "./secret.ts";

const MAX_CREDENTIALS = 10;

const ParameterName = z
  .string()
  .min(1, "must not be empty")
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must hold no control characters");

export const NodeCredential = z.discriminatedUnion("in", [
  /** Lower-case name; what the client sent under it is not passed on. */
  z.strictObject({ in: z.literal("header"), name: RequestEditName, value: SecretHeader }),
  /** Name and value as they are meant: they are sent percent-encoded, in place of what the client sent under the name. */
  z.strictObject({ in: z.literal("query"), name: ParameterName, value: SecretParameter }),
]);
export type NodeCredential = z.infer<typeof NodeCredential>;

export const NodeCredentials = z
  .array(NodeCredential)
  .max(MAX_CREDENTIALS)
  .superRefine((credentials, ctx) => {
    const seen = new Set<string>();
    for (const [at, { in: place, name }] of credentials.entries()) {
      if (seen.has(`${place} ${name}`))
        ctx.addIssue({ code: "custom", path: [at, "name"], message: "is given by another credential" });
      seen.add(`${place} ${name}`);
    }
  })
  .default([]);
