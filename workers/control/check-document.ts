import type { ConfigDocument } from "#lib/contracts/config.ts";
import { setAsideUnknownRules } from "#lib/core/alerts/unknown-rules.ts";
import { clearSecretsOf } from "#lib/core/config/secrets.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";

const MAX_TOLD_FAULTS = 5;

/** The document when this worker can use it, else why not: in words for people. */
export function checkDocument(stored: unknown): ConfigDocument | string {
  const validated = validateDocument(setAsideUnknownRules(stored).document);
  if (!validated.ok) {
    const faults = validated.faults.map((fault) => `${fault.path.join(".") || "document"} ${fault.message}`);
    return faults.slice(0, MAX_TOLD_FAULTS).join("; ");
  }
  const [inClear] = clearSecretsOf(validated.document);
  if (inClear) return `${inClear.path.join(".")} ${inClear.message}`;
  try {
    compileRoutes(validated.document);
    return validated.document;
  } catch (cause) {
    return (cause as Error).message;
  }
}
