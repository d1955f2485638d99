// A migrated database of its own with the two roles of the product: the owner of the tables, and the lesser one.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { admitProduct } from "#lib/store/product-role.ts";
import { startTestDatabase } from "./postgres.ts";

export type TwoRoles = {
  ownerUrl: string;
  productUrl: string;
  owner: Ask;
  product: Ask;
  stop(): Promise<void>;
};
export type Ask = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Asks as whoever the URL names, each query in a connection of its own. */
export const asking =
  (connectionString: string): Ask =>
  async (sql, values) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const result = await client.query(sql, values);
      return (Array.isArray(result) ? result.at(-1) : result).rows;
    } finally {
      await client.end();
    }
  };

/** Roles are the whole cluster's: each database of a test gets one of its own. */
export async function startTwoRoles(): Promise<TwoRoles> {
  const database = await startTestDatabase();
  const role = `gb_${randomBytes(6).toString("hex")}`;
  const productUrl = Object.assign(new URL(database.url), { username: role, password: "a product's password" }).href;
  await admitProduct(database.url, productUrl, true);
  const owner = asking(database.url);
  return {
    ownerUrl: database.url,
    productUrl,
    owner,
    product: asking(productUrl),
    stop: async () => {
      await owner(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await database.stop();
    },
  };
}
