// The database's schema and the two roles: the owner of the tables, which migrates, and the one that the product works as.
import { type Migrated, migrate } from "#lib/store/migrate.ts";
import { admitProduct } from "#lib/store/product-role.ts";
import { type DatabaseProbe, probeDatabase } from "./database.ts";

/** Where the database is; of the embedded one the address is final once that was ready. */
export type DatabaseUrls = { owner(): string; product(): string; isEmbedded: boolean };

/** A PostgreSQL of one's own: with one role for both unless another owns the tables. */
export const givenDatabase = (product: string, owner: string | undefined): DatabaseUrls => ({
  owner: () => owner ?? product,
  product: () => product,
  isEmbedded: false,
});

/** Whether the product works as another role than the one that owns its tables. */
export const hasTwoRoles = (urls: DatabaseUrls): boolean =>
  new URL(urls.owner()).username !== new URL(urls.product()).username;

/**
 * Brings the schema up to date and lets the product's role in.
 * @throws the driver's error, or {ProductRoleError}
 */
export async function prepareSchema(urls: DatabaseUrls): Promise<Migrated> {
  const migrated = await migrate(urls.owner());
  if (hasTwoRoles(urls)) await admitProduct(urls.owner(), urls.product(), urls.isEmbedded);
  return migrated;
}

/** The first role that cannot get in, by the variable that names it; the product's when both can. */
export async function probeRoles(urls: DatabaseUrls): Promise<{ name: string; url: string; probe: DatabaseProbe }> {
  const owner = { name: "GB_MIGRATION_DATABASE_URL", url: urls.owner() };
  const product = { name: "DATABASE_URL", url: urls.product() };
  if (owner.url !== product.url) {
    const probe = await probeDatabase(owner.url);
    if (probe.state !== "reachable") return { ...owner, probe };
  }
  return { ...product, probe: await probeDatabase(product.url) };
}
