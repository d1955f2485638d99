// Indexed binary min-heap over items 0 … n-1, each with a key and a tie-breaker (lower first), in typed arrays: no
// allocation after construction. Changing one item costs O(log n); the least item is at hand.

export class MinHeap {
  readonly #keys: Float64Array;
  readonly #ties: Float64Array;
  /** Heap position → item, and back. */
  readonly #items: Int32Array;
  readonly #places: Int32Array;

  /** All keys and ties start at 0: any order is a heap then. */
  constructor(size: number) {
    this.#keys = new Float64Array(size);
    this.#ties = new Float64Array(size);
    this.#items = Int32Array.from({ length: size }, (_, i) => i);
    this.#places = this.#items.slice();
  }

  /** The least item; -1 when there are none. */
  get top(): number {
    return this.#items.length === 0 ? -1 : (this.#items[0] as number);
  }

  keyOf(item: number): number {
    return this.#keys[item] as number;
  }

  tieOf(item: number): number {
    return this.#ties[item] as number;
  }

  set(item: number, key: number, tie: number): void {
    this.#keys[item] = key;
    this.#ties[item] = tie;
    const place = this.#places[item] as number;
    if (!this.#rise(item, place)) this.#sink(item, place);
  }

  /** The least item that `accepts` lets pass; -1 when none. Looks at no more than twice the refused items, plus one. */
  find(accepts: (item: number) => boolean): number {
    return this.#findBelow(0, accepts);
  }

  #findBelow(place: number, accepts: (item: number) => boolean): number {
    if (place >= this.#items.length) return -1;
    const item = this.#items[place] as number;
    if (accepts(item)) return item;
    const left = this.#findBelow(2 * place + 1, accepts);
    const right = this.#findBelow(2 * place + 2, accepts);
    if (left < 0 || right < 0) return Math.max(left, right);
    return this.#before(right, left) ? right : left;
  }

  #before(a: number, b: number): boolean {
    const keyA = this.#keys[a] as number;
    const keyB = this.#keys[b] as number;
    return keyA < keyB || (keyA === keyB && (this.#ties[a] as number) < (this.#ties[b] as number));
  }

  #put(item: number, place: number): void {
    this.#items[place] = item;
    this.#places[item] = place;
  }

  #rise(item: number, from: number): boolean {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#items[parentPlace] as number;
      if (!this.#before(item, parent)) break;
      this.#put(parent, place);
      place = parentPlace;
    }
    this.#put(item, place);
    return place !== from;
  }

  #sink(item: number, from: number): void {
    const size = this.#items.length;
    let place = from;
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      const right = child + 1;
      if (right < size && this.#before(this.#items[right] as number, this.#items[child] as number)) child = right;
      const least = this.#items[child] as number;
      if (!this.#before(least, item)) break;
      this.#put(least, place);
      place = child;
    }
    this.#put(item, place);
  }
}
