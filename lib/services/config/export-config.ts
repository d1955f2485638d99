import type { Actor } from "#lib/contracts/access.ts";
import { type ConfigFormat, ExportQuery } from "#lib/contracts/config-file.ts";
import { writeFile } from "#lib/core/config-file/write.ts";
import { authorise } from "#lib/services/access.ts";
import { writeText } from "#lib/services/config/config-text.ts";
import { currentHead } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";

export type ExportedConfig = { revision: number; format: ConfigFormat; text: string };

/**
 * The configuration in force as a file, which `importConfig` reads. `accepted`: the format asked for outside of the query.
 * @throws {ServiceError} `forbidden`, `out-of-scope` or `invalid-input`
 */
export async function exportConfig(actor: Actor, query: unknown, accepted: ConfigFormat): Promise<ExportedConfig> {
  authorise(actor, "viewer");
  const { format = accepted, ids } = parse(ExportQuery, query);
  const { number, document } = await currentHead();
  return { revision: number, format, text: writeText(writeFile(document, { ids }), format, number) };
}
