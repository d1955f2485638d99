// Who looked at the live stream just before the database was lost. While it is, nobody's identity can be read; whoever loads such a page
// anew is known all the same, and nobody else is.

/** A page that is loaded anew opens its next stream a moment after its last one ended. */
const KEPT_MS = 15_000;

type Viewer = { owners: readonly string[]; open: number; leftMs: number };

export class KnownViewers {
  /** By what they identified themselves with (`credentialOf` of lib/server/session.ts). */
  readonly #viewers = new Map<string, Viewer>();

  /** A stream of theirs begins. @param owners ids of the person and session, or of the token */
  came(credential: string, owners: readonly string[]): void {
    if (credential === "") return;
    const open = (this.#viewers.get(credential)?.open ?? 0) + 1;
    this.#viewers.set(credential, { owners, open, leftMs: 0 });
  }

  left(credential: string, nowMs: number): void {
    const viewer = this.#viewers.get(credential);
    if (viewer) Object.assign(viewer, { open: viewer.open - 1, leftMs: nowMs });
  }

  /** Their ids; null: nobody that is known. */
  find(credential: string): readonly string[] | null {
    return this.#viewers.get(credential)?.owners ?? null;
  }

  get owners(): string[] {
    return [...this.#viewers.values()].flatMap(({ owners }) => owners);
  }

  /** They may not get in any more. */
  shutOut(ids: readonly string[]): void {
    for (const [credential, { owners }] of this.#viewers)
      if (owners.some((id) => ids.includes(id))) this.#viewers.delete(credential);
  }

  /** While the database answers: those who left are forgotten, as are all who are not `admitted`. */
  retain(admitted: ReadonlySet<string>, nowMs: number): void {
    for (const [credential, { owners, open, leftMs }] of this.#viewers) {
      const isGone = open === 0 && nowMs - leftMs >= KEPT_MS;
      if (isGone || !owners.every((id) => admitted.has(id))) this.#viewers.delete(credential);
    }
  }

  clear(): void {
    this.#viewers.clear();
  }
}
