import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { ConfigFile, type ConfigFormat, ImportQuery, type ImportResult } from "#lib/contracts/config-file.ts";
import { type Fault, ServiceError } from "#lib/contracts/problem.ts";
import type { Confirmation } from "#lib/contracts/publishing.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import { maskSecrets } from "#lib/core/config/secrets.ts";
import { resolveFile } from "#lib/core/config-file/resolve.ts";
import { writeFile } from "#lib/core/config-file/write.ts";
import { faultsOf } from "#lib/core/faults.ts";
import { unstorableTexts } from "#lib/core/storable.ts";
import { authorise } from "#lib/services/access.ts";
import type { FaultPath } from "#lib/services/apply.ts";
import { type ReadText, readText } from "#lib/services/config/config-text.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import { type PublishOptions, publish } from "#lib/services/publish.ts";
import { requireInForce } from "#lib/services/publish-conditions.ts";
import { warningsOfPublish } from "#lib/services/publish-warnings.ts";
import { maskOperations } from "#lib/services/secrets/seal-operations.ts";
import { db } from "#lib/store/db.ts";
import { type Head, readHead } from "#lib/store/revisions.ts";

export type ConfigText = { text: string; format: ConfigFormat };
export type Imported = ImportResult & { converged?: boolean };

/** Others may publish between our look and our turn: then we look again. */
const ATTEMPTS = 10;

/**
 * Makes the configuration what a file says, as one revision, or with `dryRun` only tells what would come of it. Runtime
 * operations (drain, maintenance, warm-up, breaker orders) are in no file and stay as they are.
 * @throws {ServiceError} `invalid-json`, `invalid-input` with every fault of the file at its path and, for YAML, its line,
 * `unconfirmed-warnings`, or `stale-revision`
 */
export async function importConfig(
  actor: Actor,
  { text, format }: ConfigText,
  query: unknown,
  { ifMatch, confirm: also = [] }: Pick<PublishOptions, "ifMatch" | "confirm"> = {},
): Promise<Imported> {
  authorise(actor, "publisher");
  const { dryRun, prune, note, confirmWarnings } = parse(ImportQuery, query);
  const confirm: Confirmation = also === "all" || confirmWarnings === "all" ? "all" : [...also, ...confirmWarnings];
  const read = readText(text, format);
  const file = parseFile(read);
  for (let attempt = 1; ; attempt++) {
    const head = await readHead(db());
    requireInForce(ifMatch, head.number);
    const resolved = resolveFile(head.document, file, { prune, newId: randomUUID });
    if (!resolved.ok) throw invalidInput(placed(resolved.faults, read));
    const { operations, places, omitted } = resolved;
    const placeOf: FaultPath = (index) => {
      const operation = operations[index];
      return (operation && "id" in operation && places.get(operation.id)) || [];
    };
    const warnings = await warningsOfPublish(head.document, resolved.document);
    const told = { warnings, omitted };
    try {
      if (dryRun) {
        await maskOperations(db(), operations, placeOf);
        return tell(head, maskSecrets(resolved.document), told, { dryRun, revision: head.number });
      }
      // One change is called what it is; many by where they come from.
      const title = operations.length > 1 ? { action: "config.import", target: "" } : {};
      const options = { ifMatch: head.number, note, confirm, scope: "reviewed" as const, ...title };
      const { revision, converged, document } = await publish(actor, operations, options, placeOf);
      return { ...tell(head, document, told, { dryRun, revision }), converged };
    } catch (error) {
      if (error instanceof ServiceError && error.code === "invalid-input")
        throw invalidInput(placed(error.faults, read));
      const isStale = error instanceof ServiceError && error.code === "stale-revision";
      if (!isStale || ifMatch !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/** @throws {ServiceError} `invalid-input` */
function parseFile(read: ReadText): ConfigFile {
  const unstorable = unstorableTexts(read.value);
  if (unstorable.length > 0) throw invalidInput(placed(unstorable, read));
  const parsed = ConfigFile.safeParse(read.value ?? {});
  if (!parsed.success) throw invalidInput(placed(faultsOf(parsed.error), read));
  return parsed.data;
}

const placed = (faults: Fault[], { placeOf }: ReadText): Fault[] =>
  faults.map((fault) => ({ ...fault, ...placeOf(fault.path) }));

function tell(
  head: Head,
  document: ConfigDocument,
  { warnings, omitted }: Pick<ImportResult, "warnings" | "omitted">,
  { dryRun, revision }: Pick<ImportResult, "dryRun" | "revision">,
): ImportResult {
  return {
    dryRun,
    revision,
    changes: diffConfig(head.document, document),
    warnings,
    omitted,
    ...(dryRun && { result: writeFile(document, { ids: true }) as Record<string, unknown> }),
  };
}
