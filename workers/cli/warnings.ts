// What a publish brings that is legal and hardly meant, at a terminal: told, and asked about before it goes on.
import type { Warning } from "#lib/contracts/publishing.ts";
import type { Context } from "./command.ts";
import { confirm } from "./confirm.ts";
import { ApiFailure, Failure } from "./failure.ts";
import { clean } from "./output.ts";

/** One of them, whose text may be of the server's or of anybody's making. */
export const warningText = ({ name, message }: Pick<Warning, "name" | "message">): string =>
  clean(name === "" ? message : `${name}: ${message}`);

export function tellWarnings({ note, paint }: Context, warnings: readonly Warning[]): void {
  for (const warning of warnings) note(paint("yellow", `warning: ${warningText(warning)}`));
}

/** @returns whether to go on. @throws {Failure} when there are warnings and nobody can be asked */
export async function mayGoOn(context: Context, question: string, warnings: readonly Warning[]): Promise<boolean> {
  if (context.flag("yes")) return true;
  if (context.isTerminal) return confirm(question, context.signal);
  if (warnings.length === 0) return true;
  throw new Failure("this has warnings, and nobody can be asked: say --yes, if you mean it");
}

/** Each time something else came up since; longer is no accident. */
const ATTEMPTS = 5;

/**
 * Sends what publishes. Its warnings are known only from the server's refusal: they are told then, and asked about.
 * @param send with the ids of the warnings that were read
 * @returns null when the person says no
 * @throws {Failure} when there are warnings and nobody can be asked
 */
export async function confirmingWarnings<T>(
  context: Context,
  question: string,
  send: (confirm: readonly string[]) => Promise<T>,
): Promise<T | null> {
  let confirmed: readonly string[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(confirmed);
    } catch (error) {
      const isAsked = error instanceof ApiFailure && error.problem.code === "unconfirmed-warnings";
      if (!isAsked || attempt === ATTEMPTS) throw error;
      const { warnings = [] } = error.problem;
      tellWarnings(context, warnings);
      if (!(await mayGoOn(context, question, warnings))) return null;
      confirmed = warnings.map(({ id }) => id);
    }
  }
}

/** More letters than these do not fit into an address everywhere; nobody has read as many warnings one by one, either. */
const MAX_LETTERS = 4_000;

/** What `?confirm=` says; undefined for none. */
export function confirmQuery(ids: readonly string[]): string | undefined {
  const text = ids.join(",");
  return text.length > MAX_LETTERS ? "all" : text || undefined;
}
