// What the web server does over Prisma and control over plain pg is written once, for either.
import type { Queryable } from "#lib/store/control/database.ts";

/** A transaction that takes tagged statements: Prisma's, or `overPg`. */
export type Sql = {
  $executeRaw: (text: TemplateStringsArray, ...values: unknown[]) => PromiseLike<number>;
  $queryRaw: <T>(text: TemplateStringsArray, ...values: unknown[]) => PromiseLike<T>;
};

export const overPg = (client: Queryable): Sql => ({
  $executeRaw: async (text, ...values) => (await client.query(numbered(text), values)).rowCount ?? 0,
  $queryRaw: async <T>(text: TemplateStringsArray, ...values: unknown[]) =>
    (await client.query(numbered(text), values)).rows as T,
});

/** `a ${} b ${}` → `a $1 b $2` */
const numbered = (text: TemplateStringsArray): string =>
  text.reduce((sum, part, at) => (at === 0 ? part : `${sum}$${at}${part}`), "");
