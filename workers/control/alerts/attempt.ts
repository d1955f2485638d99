// What can be read of the world is judged, whatever else cannot: an evaluation must not fail whole for one part of it.
import type { Queryable } from "#lib/store/control/database.ts";
import type { Log } from "../log.ts";
import { isLost } from "./outages.ts";

/** Reads a part within the transaction. @returns null: it cannot be read; the database being lost is thrown on */
export type Attempt = {
  <T>(what: string, read: () => Promise<T>): Promise<T | null>;
  /** Says so, once until all is well again. */
  failed(what: string, cause?: unknown): void;
};

/** Which parts could not be read is said when that begins, and not every two seconds. */
export class Attempts {
  readonly #log: Log;
  #said = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** For one evaluation; `done` says what can be read again. */
  begin(tx: Queryable): { attempt: Attempt; done: () => void } {
    const failed = new Set<string>();
    const fail = (what: string, cause?: unknown) => {
      failed.add(what);
      if (!this.#said.has(what))
        this.#log.error({ err: cause, what }, "alerts are evaluated without what cannot be read");
      this.#said.add(what);
    };
    const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
      await tx.query("SAVEPOINT part");
      try {
        const value = await read();
        await tx.query("RELEASE SAVEPOINT part");
        return value;
      } catch (cause) {
        if (isLost(cause)) throw cause;
        await tx.query("ROLLBACK TO SAVEPOINT part");
        fail(what, cause);
        return null;
      }
    };
    return {
      attempt: Object.assign(attempt, { failed: fail }),
      done: () => {
        this.#said = failed;
      },
    };
  }
}
