// Between a caller and everything else: what operations hold in clear is sealed here, before anything of it is stored, logged,
// audited or compared; references are held to the entity that they belong to.
import { randomUUID } from "node:crypto";
import { type ConfigDocument, HeaderSecret, QuerySecret } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { clearSecretsOf, mapOperationSecrets, NEW_SECRET } from "#lib/core/config/secrets.ts";
import type { FaultPath } from "#lib/services/apply.ts";
import { requireOwnKey } from "#lib/services/own-key.ts";
import { invalidInput } from "#lib/services/parse.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

type Ref = { id: string; ownerId: string; path: Fault["path"] };
type Text = { text: string; ownerId: string };
/** New rows by what they hold: the same value of the same entity is one row. */
type Rows = Map<string, { id: string; ownerId: string; sealed: string }>;

/**
 * The operations with references in place of values, whose rows are written within `tx`. A value that the entity has already
 * is found again, so that a file that is applied twice changes nothing the second time. Operations without secrets cost nothing.
 * @param by who is named as their author
 * @throws {ServiceError} `invalid-input` with every value that cannot be sent, and every reference that is not the entity's
 * @throws {WrongSecretKeyError} when this process's key is not the database's any more
 */
export async function sealOperations(
  tx: Tx,
  by: string,
  operations: readonly ConfigOperation[],
  faultPath: FaultPath = () => [],
): Promise<readonly ConfigOperation[]> {
  await keepSecrets(tx, operations);
  const { texts } = await examine(tx, operations, faultPath);
  if (texts.length === 0) return operations;
  await requireOwnKey(tx);
  const known = await knownValues(tx, texts);
  const rows: Rows = new Map();
  const sealed = operations.map((operation) =>
    mapOperationSecrets(operation, (secret, { ownerId }) => {
      if ("secret" in secret) return secret;
      const name = `${ownerId} ${secret.value}`;
      return { secret: known.get(name) ?? rowOf(rows, name, secret.value, ownerId) };
    }),
  );
  await tx.secret.createMany({ data: [...rows.values()].map((row) => ({ ...row, createdBy: by })) });
  return sealed;
}

/**
 * The same for a preview: nothing is written, and what is given anew stands there as `NEW_SECRET`.
 * @throws {ServiceError} as `sealOperations`
 */
export async function maskOperations(
  client: Db | Tx,
  operations: readonly ConfigOperation[],
  faultPath: FaultPath = () => [],
): Promise<readonly ConfigOperation[]> {
  await examine(client, operations, faultPath);
  return operations.map((operation) =>
    mapOperationSecrets(operation, (secret) => ("value" in secret ? NEW_SECRET : secret)),
  );
}

/** The last gate before a document is kept. @throws {Error} when something in it was not sealed: a fault of ours */
export function requireSealed(document: ConfigDocument): void {
  const [fault] = clearSecretsOf(document);
  if (fault) throw new Error(`${fault.path.join(".")} ${fault.message}`);
}

function rowOf(rows: Rows, name: string, text: string, ownerId: string): string {
  const made = rows.get(name);
  if (made) return made.id;
  const id = randomUUID();
  rows.set(name, { id, ownerId, sealed: processSecretKey().seal(text, secretOwner(id, ownerId)) });
  return id;
}

/**
 * Holds what the operations may refer to until the transaction ends: the clean-up of unused secrets leaves it alone, or has
 * removed it, and then what follows does not find it.
 */
async function keepSecrets(tx: Tx, operations: readonly ConfigOperation[]): Promise<void> {
  const owners = new Set<string>();
  for (const operation of operations)
    mapOperationSecrets(operation, (secret, { ownerId }) => {
      owners.add(ownerId);
      return secret;
    });
  if (owners.size > 0)
    await tx.$queryRaw`SELECT FROM secret WHERE owner_id = ANY(${[...owners]}::uuid[]) FOR KEY SHARE`;
}

/** @throws {ServiceError} with every fault */
async function examine(client: Db | Tx, operations: readonly ConfigOperation[], faultPath: FaultPath) {
  const refs: Ref[] = [];
  const texts: Text[] = [];
  const faults: Fault[] = [];
  for (const [index, operation] of operations.entries()) {
    const base = faultPath(index);
    mapOperationSecrets(operation, (secret, place) => {
      const { ownerId } = place;
      const path = [...base, ...place.path];
      if ("secret" in secret) refs.push({ id: secret.secret, ownerId, path });
      else {
        const checked = (place.kind === "header" ? HeaderSecret : QuerySecret).safeParse(secret.value);
        for (const { message } of checked.error?.issues ?? [])
          faults.push({ path: [...path, "value"], code: "invalid_format", message });
        texts.push({ text: secret.value, ownerId });
      }
      return secret;
    });
  }
  faults.push(...(await strangers(client, refs)));
  if (faults.length > 0) throw invalidInput(faults);
  return { texts };
}

/** Whoever may publish one entity must not have the secret of another sent to where he likes. */
async function strangers(client: Db | Tx, refs: readonly Ref[]): Promise<Fault[]> {
  const ids = [...new Set(refs.map(({ id }) => id))].filter((id) => UUID.test(id));
  if (ids.length === 0) return refs.map(unknown);
  const rows = await client.secret.findMany({ where: { id: { in: ids } }, select: { id: true, ownerId: true } });
  const owners = new Map(rows.map(({ id, ownerId }) => [id, ownerId]));
  return refs.filter(({ id, ownerId }) => owners.get(id.toLowerCase()) !== ownerId.toLowerCase()).map(unknown);
}

// The same words for one that another entity has: whether there is such a secret is nobody else's business.
const unknown = ({ path }: Ref): Fault => ({
  path: [...path, "secret"],
  code: "unknown-secret",
  message: "is no secret of this entity: give its value instead",
});
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Ids of secrets that the entities have, by owner and value, as far as they can be opened. */
async function knownValues(tx: Tx, texts: readonly Text[]): Promise<ReadonlyMap<string, string>> {
  const owners = [...new Set(texts.map(({ ownerId }) => ownerId))];
  const rows = await tx.secret.findMany({ where: { ownerId: { in: owners } }, orderBy: { createdAt: "asc" } });
  const known = new Map<string, string>();
  for (const { id, ownerId, sealed } of rows) {
    try {
      known.set(`${ownerId} ${processSecretKey().open(sealed, secretOwner(id, ownerId))}`, id);
    } catch {
      // Damaged, or moved here from another row: it is nobody's value, and a new row is made.
    }
  }
  return known;
}
