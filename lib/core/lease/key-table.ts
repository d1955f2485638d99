// Buckets by key, bounded in number. When one more is needed, the bucket goes that is full again soonest: forgetting it
// gives its client the least, and one that is full nothing at all. So a flood of new keys evicts its own, each of which has
// taken a token or two, and never frees a key that is throttled: to outlast it, every key of the flood would have to be
// throttled as well.

export interface Keyed {
  /** When its bucket is full again. */
  fullAtMs: number;
  /** Something is still owed to or by its user: it stays. */
  readonly isPinned: boolean;
}

interface Place {
  atMs: number;
  readonly key: string;
}

/** How many that cannot go are looked at before the table grows beyond its bound instead. */
const MAX_PINNED_SEEN = 16;

export class KeyTable<E extends Keyed> {
  readonly #max: number;
  readonly #entries = new Map<string, E>();
  /** Binary heap by the time each was full again when last looked at, which only grows later. */
  readonly #heap: Place[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): E | undefined {
    return this.#entries.get(key);
  }

  values(): Iterable<E> {
    return this.#entries.values();
  }

  add(key: string, entry: E): void {
    if (this.#entries.size >= this.#max) this.#evict();
    this.#entries.set(key, entry);
    this.#push({ atMs: entry.fullAtMs, key });
  }

  #evict(): void {
    const seen: Place[] = [];
    for (let place = this.#pop(); place !== undefined; place = this.#pop()) {
      const entry = this.#entries.get(place.key) as E;
      if (entry.isPinned) {
        seen.push(place);
        if (seen.length === MAX_PINNED_SEEN) break;
      } else if (entry.fullAtMs > place.atMs) this.#push({ atMs: entry.fullAtMs, key: place.key });
      else {
        this.#entries.delete(place.key);
        break;
      }
    }
    for (const place of seen) this.#push(place);
  }

  #push(place: Place): void {
    const heap = this.#heap;
    let at = heap.push(place) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Place).atMs <= place.atMs) break;
      heap[at] = heap[parent] as Place;
      at = parent;
    }
    heap[at] = place;
  }

  #pop(): Place | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Place).atMs < (heap[child] as Place).atMs) child++;
      if ((heap[child] as Place).atMs >= last.atMs) break;
      heap[at] = heap[child] as Place;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
