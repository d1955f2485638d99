// What of a stream was taken already. A tab may hear the same stream twice for a while, over its own connection and from
// the tab that has one for all; each event is then taken once and in its order, and one that is missing is noticed.

/** `known`: taken already. `gap`: taken now, but not all that was told before it. */
export type Placing = "next" | "known" | "gap";

export class StreamPosition {
  /** Number of the newest event by the run of the server's hub that counts them. */
  readonly #newest = new Map<string, number>();

  /**
   * @param id `<run>-<number>`, numbers of a run without a hole (lib/server/live/hub.ts); "": not counted, always taken
   * @param isSync it brings all that was told before it
   */
  place(id: string, isSync: boolean): Placing {
    const [run = "", text] = id.split("-");
    const number = Number(text);
    if (!Number.isInteger(number)) return "next";
    const newest = this.#newest.get(run);
    this.#newest.set(run, Math.max(number, newest ?? 0));
    if (isSync || newest === undefined || number === newest + 1) return "next";
    return number <= newest ? "known" : "gap";
  }
}
