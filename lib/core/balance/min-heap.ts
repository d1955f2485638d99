// Indexed min-heap over items 0 … n-1, each with a key and a tie-breaker (lower first), in typed arrays: no allocation after
// construction. Changing one item costs O(log n); the least item is at hand. Each parent has four children, whose keys and
// ties lie side by side, so that with thousands of items a level costs one line of the processor's cache.

const CHILDREN = 4;

export class MinHeap {
  /** By heap position: key, tie, key, tie, … */
  readonly #order: Float64Array;
  /** Heap position → item, and back. */
  readonly #items: Int32Array;
  readonly #places: Int32Array;

  /** All keys and ties start at 0: any order is a heap then. */
  constructor(size: number) {
    this.#order = new Float64Array(2 * size);
    this.#items = Int32Array.from({ length: size }, (_, i) => i);
    this.#places = this.#items.slice();
  }

  /** The least item; -1 when there are none. */
  get top(): number {
    return this.#items.length === 0 ? -1 : (this.#items[0] as number);
  }

  keyOf(item: number): number {
    return this.#order[2 * (this.#places[item] as number)] as number;
  }

  tieOf(item: number): number {
    return this.#order[2 * (this.#places[item] as number) + 1] as number;
  }

  set(item: number, key: number, tie: number): void {
    const place = this.#places[item] as number;
    const risen = this.#rise(place, key, tie);
    this.#put(item, risen < place ? risen : this.#sink(place, key, tie), key, tie);
  }

  /** The least item that `accepts` lets pass; -1 when none. Looks at no more than four times the refused items, plus one. */
  find(accepts: (item: number) => boolean): number {
    const place = this.#findBelow(0, accepts);
    return place < 0 ? -1 : (this.#items[place] as number);
  }

  #findBelow(place: number, accepts: (item: number) => boolean): number {
    if (place >= this.#items.length) return -1;
    if (accepts(this.#items[place] as number)) return place;
    let least = -1;
    const first = CHILDREN * place + 1;
    const end = Math.min(first + CHILDREN, this.#items.length);
    for (let child = first; child < end; child++) {
      const found = this.#findBelow(child, accepts);
      if (found >= 0 && (least < 0 || this.#isBefore(found, least))) least = found;
    }
    return least;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#follows(b, this.#order[2 * a] as number, this.#order[2 * a + 1] as number);
  }

  #put(item: number, place: number, key: number, tie: number): void {
    this.#order[2 * place] = key;
    this.#order[2 * place + 1] = tie;
    this.#items[place] = item;
    this.#places[item] = place;
  }

  /** Makes room for what rises from `from`. @returns where */
  #rise(from: number, key: number, tie: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      // What is equal stays below.
      if (!this.#follows(parent, key, tie)) break;
      this.#put(
        this.#items[parent] as number,
        place,
        this.#order[2 * parent] as number,
        this.#order[2 * parent + 1] as number,
      );
      place = parent;
    }
    return place;
  }

  /** Whether what stands at `place` comes after this key and tie. */
  #follows(place: number, key: number, tie: number): boolean {
    const other = this.#order[2 * place] as number;
    return other > key || (other === key && (this.#order[2 * place + 1] as number) > tie);
  }

  /** Makes room for what sinks from `from`. @returns where */
  #sink(from: number, key: number, tie: number): number {
    const order = this.#order;
    const size = this.#items.length;
    let place = from;
    for (let first = CHILDREN * place + 1; first < size; first = CHILDREN * place + 1) {
      const end = Math.min(first + CHILDREN, size);
      let least = first;
      let leastKey = order[2 * first] as number;
      let leastTie = order[2 * first + 1] as number;
      for (let child = first + 1; child < end; child++) {
        const childKey = order[2 * child] as number;
        if (childKey > leastKey) continue;
        const childTie = order[2 * child + 1] as number;
        if (childKey === leastKey && childTie >= leastTie) continue;
        least = child;
        leastKey = childKey;
        leastTie = childTie;
      }
      if (leastKey > key || (leastKey === key && leastTie >= tie)) break;
      this.#put(this.#items[least] as number, place, leastKey, leastTie);
      place = least;
    }
    return place;
  }
}
