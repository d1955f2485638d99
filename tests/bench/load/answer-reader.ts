// Reads the answers on one connection and checks each: status, length, every byte of the body.
import { PATTERN } from "../support/items.ts";

/** What the answer must hold: these bytes, or so many of the pattern. */
export type Expected = { kind: "bytes"; body: Buffer } | { kind: "pattern"; length: number };

const HEAD_END = "\r\n\r\n";
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CLOSES = /\r\nconnection: *close/i;
/** Twice the pattern: any stretch of it that fits into one read lies somewhere in here as one piece. */
const TWICE = Buffer.concat([PATTERN, PATTERN]);

export class AnswerReader {
  /** Whether the answer just read says that the connection ends. */
  closes = false;
  #pending: Buffer | null = null;
  #expected: Expected | null = null;
  #inBody = false;
  #at = 0;

  expect(expected: Expected): void {
    this.#expected = expected;
    this.#inBody = false;
    this.#at = 0;
  }

  /** @returns `more`, `done`, or what is wrong with the answer. The bytes are not kept. */
  read(bytes: Buffer): "more" | "done" | { wrong: string } {
    const input = this.#pending === null ? bytes : Buffer.concat([this.#pending, bytes]);
    this.#pending = null;
    const expected = this.#expected;
    if (expected === null) return { wrong: "bytes that nobody asked for" };
    if (this.#inBody) return this.#body(input, 0, expected);
    const end = input.indexOf(HEAD_END);
    if (end < 0) {
      this.#pending = Buffer.from(input);
      return "more";
    }
    const head = input.toString("latin1", 0, end);
    const length = expected.kind === "bytes" ? expected.body.length : expected.length;
    const status = head.slice(9, 12);
    if (status !== "200") return { wrong: `status ${status}` };
    const declared = LENGTH.exec(head)?.[1];
    if (Number(declared) !== length) return { wrong: `Content-Length ${declared} instead of ${length}` };
    this.closes = CLOSES.test(head);
    this.#inBody = true;
    return this.#body(input, end + HEAD_END.length, expected);
  }

  #body(input: Buffer, from: number, expected: Expected): "more" | "done" | { wrong: string } {
    const length = expected.kind === "bytes" ? expected.body.length : expected.length;
    const got = input.length - from;
    if (this.#at + got > length) return { wrong: "body longer than declared" };
    const same =
      expected.kind === "bytes"
        ? input.compare(expected.body, this.#at, this.#at + got, from) === 0
        : isPattern(input, from, this.#at);
    if (!same) return { wrong: "body differs" };
    this.#at += got;
    if (this.#at < length) return "more";
    this.#expected = null;
    return "done";
  }
}

/** Whether `input` from `from` on is the pattern from `at` on. */
function isPattern(input: Buffer, from: number, at: number): boolean {
  for (let done = from; done < input.length; ) {
    const start = (at + done - from) % PATTERN.length;
    const count = Math.min(input.length - done, PATTERN.length);
    if (input.compare(TWICE, start, start + count, done, done + count) !== 0) return false;
    done += count;
  }
  return true;
}
