// The head revision, read often and parsed once: a published document never changes, so its number is its cache key.
import { ConfigDocument, EMPTY_CONFIG } from "#lib/contracts/config.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import type { Prisma } from "#lib/store/generated/client.ts";

export type Head = { number: number; document: ConfigDocument };

const NOTHING: Head = { number: 0, document: EMPTY_CONFIG };
let cached: Head = NOTHING;

/** The revision in force; number 0 and an empty document before the first publish. Do not mutate the document. */
export async function readHead(client: Db | Tx): Promise<Head> {
  const newest = await client.revision.findFirst({ orderBy: { number: "desc" }, select: { number: true } });
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
export async function readDocument(client: Db | Tx, number: number): Promise<ConfigDocument | null> {
  if (number === 0) return EMPTY_CONFIG;
  const row = await client.revision.findUnique({ where: { number }, select: { document: true } });
  return row && ConfigDocument.parse(row.document);
}

export type NewRevision = Head & {
  note: string;
  action: string;
  target: string;
  author: string;
  basedOn: number;
  changeCount: number;
};

export async function insertRevision(tx: Tx, revision: NewRevision): Promise<void> {
  const { document, basedOn, ...rest } = revision;
  await tx.revision.create({
    data: { ...rest, document: document as Prisma.InputJsonValue, basedOn: basedOn === 0 ? null : basedOn },
  });
}
