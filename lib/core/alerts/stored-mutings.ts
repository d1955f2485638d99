// Silences and windows as they are stored, by whatever version. One that this version cannot read, in whole or in a single word, mutes
// nothing: rather told than not. It keeps nothing else from being judged, and people are shown where it is unlike what is known here.
import { AlertMatchers, WindowFields } from "#lib/contracts/silences.ts";
import { type Stored, stored } from "../stored.ts";
import type { ActiveSilence, KnownWindow } from "./silencing.ts";

export const storedMatchers = (matchers: unknown): Stored<AlertMatchers> => stored(AlertMatchers, matchers, "matchers");

export type WindowParts = Pick<KnownWindow, "mode" | "matchers" | "schedule">;
/** Only of what makes it open and fit: its name is a text like any other. */
export const storedWindow = ({ mode, matchers, schedule }: Record<keyof WindowParts, unknown>): Stored<WindowParts> =>
  stored(WindowFields, { mode, matchers, schedule }, "");

type SilenceRow = Omit<ActiveSilence, "matchers"> & { readonly matchers: unknown };
type WindowRow = Pick<KnownWindow, "id" | "name"> & Record<keyof WindowParts, unknown>;

/** Those that can be read, and what the others are called. */
export function readMutings(silences: readonly SilenceRow[], windows: readonly WindowRow[]) {
  const unreadable: string[] = [];
  const keep = <T>(read: Stored<T>, what: string): T[] => {
    if (read.is === "read") return [read.value];
    unreadable.push(`${what} (${read.at})`);
    return [];
  };
  return {
    silences: silences.flatMap((row): ActiveSilence[] =>
      keep(storedMatchers(row.matchers), `the silence ${row.id}`).map((matchers) => ({ ...row, matchers })),
    ),
    windows: windows.flatMap(({ id, name, ...row }): KnownWindow[] =>
      keep(storedWindow(row), `the maintenance window ${name}`).map((parts) => ({ id, name, ...parts })),
    ),
    unreadable,
  };
}
