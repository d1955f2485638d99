import { longDetail } from "#lib/contracts/check-detail.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { setAsideUnknownRules } from "#lib/core/alerts/unknown-rules.ts";
import { clearSecretsOf } from "#lib/core/config/secrets.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";

/** The document when this worker can use it, else why not, as a detail (lib/contracts/check-detail.ts). */
export function checkDocument(stored: unknown): ConfigDocument | string {
  const validated = validateDocument(setAsideUnknownRules(stored).document);
  if (!validated.ok) {
    return invalid(validated.faults);
  }
  const [inClear] = clearSecretsOf(validated.document);
  if (inClear) return invalid([inClear]);
  try {
    compileRoutes(validated.document);
    return validated.document;
  } catch (cause) {
    return longDetail("process-refused", { what: (cause as Error).message });
  }
}

/** Its first fault, and how many there are besides. */
function invalid([first, ...others]: readonly Pick<Fault, "path" | "code" | "message">[]): string {
  const { path = [], code = "", message = "" } = first ?? {};
  return longDetail("document-invalid", { path: path.join("."), code, what: message, more: others.length });
}
