// Who may do what: people, tokens, the audit of what they did.
import * as z from "zod";
import { Id, Name, PageQuery, Role, Timestamp } from "./common.ts";

/** Who is acting: a person in a session, or a program with a token. */
export const Actor = z.strictObject({
  kind: z.enum(["user", "token", "system"]),
  id: z.string(),
  /** E-mail of a person, name of a token. */
  name: z.string(),
  role: Role,
  address: z.string().nullable(),
  /** Of a person: the session they act in. */
  sessionId: z.string().optional(),
  /** Of a token that is limited to some pools: these. */
  poolIds: z.array(Id).optional(),
});
export type Actor = z.infer<typeof Actor>;

export const TokenInput = z.strictObject({
  name: Name,
  role: Role,
  expiresAt: Timestamp.nullable().default(null),
  /** Pools that it is limited to; null: to none, it may do everywhere what its role allows. */
  poolIds: z
    .array(Id)
    .min(1)
    .max(100)
    .refine((ids) => new Set(ids).size === ids.length, "must not name a pool twice")
    .nullable()
    .default(null),
});
export type TokenInput = z.infer<typeof TokenInput>;
export const Token = z.strictObject({
  id: Id,
  name: z.string(),
  role: Role,
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
  poolIds: z.array(Id).nullable(),
});
export type Token = z.infer<typeof Token>;
/** Answer to making a token: the only time its secret is shown. */
export const NewToken = z.strictObject({ ...Token.shape, token: z.string() });
export type NewToken = z.infer<typeof NewToken>;

export const AuditEntry = z.strictObject({
  id: z.string(),
  at: Timestamp,
  /** `anonymous`: who did not get in. */
  actorKind: z.enum(["user", "token", "system", "anonymous"]),
  actorId: z.string(),
  actorName: z.string(),
  /** The API token that it came through. */
  tokenId: z.string().nullable(),
  tokenName: z.string().nullable(),
  address: z.string().nullable(),
  /** Verb such as `pool.create`, `node.drain`, `revision.rollback`. */
  action: z.string(),
  targetKind: z.string(),
  targetId: z.string().nullable(),
  targetName: z.string(),
  /** Pool that the target is, or is of. */
  poolId: z.string().nullable(),
  revision: z.int().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
const Words = z.string().trim().min(1).max(200);
/** Which entries; those that fulfil everything that is given. Texts are compared without case. */
export const AuditFilter = z.strictObject({
  /** Part of the actor's name, or their id. */
  actor: Words.optional(),
  /** An action such as `node.drain`, or all of a kind: `node`. */
  action: Words.optional(),
  /** Part of the target's name, or its id. */
  target: Words.optional(),
  targetId: z.string().max(100).optional(),
  /** A pool, its nodes, and routes to it. */
  poolId: Id.optional(),
  revision: z.coerce.number().int().min(1).optional(),
  /** Name or id of the API token it came through. */
  token: Words.optional(),
  /** Not before. */
  from: Timestamp.optional(),
  /** Before. */
  to: Timestamp.optional(),
  /** Somewhere in names, action, address, or what was before and after. */
  text: Words.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;
export const AuditQuery = PageQuery.extend(AuditFilter.shape);
export type AuditQuery = z.infer<typeof AuditQuery>;
