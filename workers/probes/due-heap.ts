// Binary min-heap of what is due when: one timer for all nodes instead of one each.

export type Due<T> = { readonly atMs: number; readonly item: T };

export class DueHeap<T> {
  readonly #heap: Due<T>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest, or undefined when empty. */
  peek(): Due<T> | undefined {
    return this.#heap[0];
  }

  /** All of them, in no order. */
  values(): Iterable<Due<T>> {
    return this.#heap.values();
  }

  push(due: Due<T>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Due<T>;
      if (above.atMs <= due.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  /** Takes the earliest. */
  pop(): Due<T> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && right.atMs < (heap[child] as Due<T>).atMs) child++;
      const smaller = heap[child] as Due<T>;
      if (smaller.atMs >= last.atMs) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
