/** An index costs more than to look a few times. */
export const LOOKED_FOR = 8;

/** A list that many changes find their way in by ids, and that is copied at the first of them only. */
export class Items<T extends { id: string }> {
  readonly #before: T[];
  /** Null in place of what was removed; null itself while nothing was changed. */
  #items: (T | null)[] | null = null;
  /** Id → places of all that have it: one, unless something is wrong. Null until it is worth having. */
  #places: Map<string, number[]> | null = null;
  #lookUps = 0;
  #listed: T[] | null = null;

  constructor(before: T[]) {
    this.#before = before;
  }

  get isChanged(): boolean {
    return this.#items !== null;
  }

  /** As it is now; the very same array while nothing was changed. */
  list(): T[] {
    if (this.#items === null) return this.#before;
    this.#listed ??= this.#items.filter((item) => item !== null);
    return this.#listed;
  }

  /** The first that has the id. */
  find(id: string): T | undefined {
    const [first] = this.#placesOf(id);
    return first === undefined ? undefined : ((this.#items ?? this.#before)[first] ?? undefined);
  }

  add(item: T): void {
    const places = this.#placesOf(item.id);
    const items = this.#changing();
    this.#places?.set(item.id, [...places, items.length]);
    items.push(item);
  }

  /** In place of what has its id. */
  put(item: T): void {
    const items = this.#changing();
    for (const place of this.#placesOf(item.id)) items[place] = item;
  }

  /** @returns whether there was any */
  remove(id: string): boolean {
    const places = this.#placesOf(id);
    if (places.length === 0) return false;
    const items = this.#changing();
    for (const place of places) items[place] = null;
    this.#places?.delete(id);
    return true;
  }

  #placesOf(id: string): readonly number[] {
    if (this.#places === null && ++this.#lookUps > LOOKED_FOR) this.#places = this.#index();
    if (this.#places !== null) return this.#places.get(id) ?? [];
    const places: number[] = [];
    for (const [at, item] of (this.#items ?? this.#before).entries()) if (item?.id === id) places.push(at);
    return places;
  }

  #index(): Map<string, number[]> {
    const index = new Map<string, number[]>();
    for (const [at, item] of (this.#items ?? this.#before).entries()) {
      if (item === null) continue;
      const places = index.get(item.id);
      if (places === undefined) index.set(item.id, [at]);
      else places.push(at);
    }
    return index;
  }

  #changing(): (T | null)[] {
    this.#listed = null;
    this.#items ??= this.#before.slice();
    return this.#items;
  }
}
