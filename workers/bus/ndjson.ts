// One JSON document a line. Chunks are kept as they come and joined once a line is whole, so that a line of megabytes
// costs one copy and not one per chunk.

/** Splits a byte stream into lines; `push` returns the lines that became whole, without their line feed. */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** @throws {RangeError} when a line grows beyond the limit: the connection is of no further use. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      this.#keep(chunk.subarray(from, at));
      lines.push(this.#parts.length === 1 ? String(this.#parts[0]) : Buffer.concat(this.#parts).toString());
      this.#parts = [];
      this.#bytes = 0;
      from = at + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxLineBytes) {
      throw new RangeError(`a line is longer than ${this.#maxLineBytes} bytes`);
    }
    this.#parts.push(part);
  }
}
