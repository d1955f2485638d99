const MAX_HEAD_BYTES = 64 * 1024;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?:[ \r\n]|$)/;
const NAME = Buffer.from("HTTP/1.");

/** Reads the head of an HTTP/1 answer. Interim answers (1xx but 101) are passed over, as RFC 9110 15.2 asks. */
export class AnswerHead {
  #buffer: Buffer = Buffer.alloc(0);
  #end = -1;

  /** The status once its head is whole, `invalid` when this is no HTTP/1 answer, undefined while more is needed. */
  push(chunk: Buffer): number | "invalid" | undefined {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const start = this.#buffer.subarray(0, NAME.length);
      if (!NAME.subarray(0, start.length).equals(start)) return "invalid";
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end === -1) return this.#buffer.length > MAX_HEAD_BYTES ? "invalid" : undefined;
      const status = Number(STATUS_LINE.exec(this.#buffer.toString("latin1", 0, 16))?.[1]);
      if (!(status >= 100 && status <= 599)) return "invalid";
      this.#end = end + 4;
      if (status >= 200 || status === 101) return status;
      this.#buffer = this.#buffer.subarray(this.#end);
    }
  }

  /** The whole head, its empty line included; once `push` told the status. */
  get text(): string {
    return this.#buffer.toString("latin1", 0, this.#end);
  }
  /** What came after the head. */
  get rest(): Buffer {
    return this.#buffer.subarray(this.#end);
  }
}
