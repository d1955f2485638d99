// The head revision, read often and parsed once: a published document never changes, so its number is its cache key.
import type { UnknownRule } from "#lib/contracts/alert-rules-api.ts";
import { ConfigDocument, EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { setAsideUnknownRules, unknownRulesOf } from "#lib/core/alerts/unknown-rules.ts";
import type { Sql } from "#lib/store/canary/sql.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import { storeParts } from "#lib/store/revision-parts.ts";

export type Head = { number: number; document: ConfigDocument };

/** Neither a canary that runs nor one that was rolled back. */
export const PUBLISHED = { state: "published" } as const;

const NOTHING: Head = { number: 0, document: EMPTY_CONFIG };
let cached: Head = NOTHING;

/** The revision in force; number 0 and an empty document before the first publish. Do not mutate the document. */
export async function readHead(client: Db | Tx): Promise<Head> {
  const newest = await client.revision.findFirst({
    where: PUBLISHED,
    orderBy: { number: "desc" },
    select: { number: true },
  });
  if (!newest) return NOTHING;
  if (newest.number === cached.number) return cached;
  const document = await readDocument(client, newest.number);
  if (!document) return readHead(client);
  return { number: newest.number, document };
}

/**
 * Remembers `head`, once it is committed. Not done by `readHead`: inside a transaction it may see a revision that is
 * rolled back afterwards, and another would then get its number.
 */
export function rememberHead(head: Head): void {
  cached = head;
}

/** The document of a revision, brought to today's schema (settings added since get their defaults); null when unknown. */
export async function readDocument(client: Pick<Sql, "$queryRaw">, number: number): Promise<ConfigDocument | null> {
  if (number === 0) return EMPTY_CONFIG;
  const [row] = await client.$queryRaw<{ document: unknown }[]>`SELECT revision_document(${number}::int) AS document`;
  return row?.document ? ConfigDocument.parse(setAsideUnknownRules(row.document).document) : null;
}

/** Rules of alerts in a stored revision that are of kinds which this version does not know. */
export async function readUnknownRules(client: Pick<Sql, "$queryRaw">, number: number): Promise<UnknownRule[]> {
  const [row] = await client.$queryRaw<{ rules: unknown }[]>`
    SELECT revision_document(${number}::int) -> 'proxy' -> 'alertRules' AS rules`;
  return unknownRulesOf(row?.rules);
}

const PUBLISH_LOCK = 7_302_001;

/** One publish at a time, in the whole cluster, until the transaction ends: nobody's edit is lost under another's. */
export async function publishInTurn(tx: Pick<Sql, "$executeRaw">): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK}::bigint)`;
}

/** The number of the next revision. Those of canaries that were rolled back are not given again. */
export async function nextNumber(client: Db | Tx): Promise<number> {
  const { _max } = await client.revision.aggregate({ _max: { number: true } });
  return (_max.number ?? 0) + 1;
}

export type NewRevision = Head & {
  /** In force at once unless said. */
  state?: "published" | "canary";
  note: string;
  action: string;
  target: string;
  author: string;
  basedOn: number;
  changeCount: number;
};

export async function insertRevision(tx: Tx, revision: NewRevision): Promise<void> {
  const { document, basedOn, ...rest } = revision;
  const layout = await storeParts(tx, document);
  await tx.revision.create({ data: { ...rest, layout, basedOn: basedOn === 0 ? null : basedOn } });
}
