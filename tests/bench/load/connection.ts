// One keep-alive connection of the load generator on a raw socket: one request at a time, answers checked.
import net from "node:net";
import {
  BYTES_PATH,
  bodyTemplate,
  FILE_BYTES,
  FILE_PATH,
  ITEM_BYTES,
  ITEM_PATH,
  NUMBER_OFFSET,
  numbered,
} from "../support/items.ts";
import { AnswerReader, type Expected } from "./answer-reader.ts";
import type { Target } from "./jobs.ts";

/** Answer of a request: null when it was right, else what was wrong. */
export type OnAnswer = (wrong: string | null) => void;

/** All connections of the process read into it: what a read brings is checked before the next one. */
const READ_BUFFER = Buffer.allocUnsafeSlow(1 << 18);
const HEADERS =
  "Host: api.example.org\r\nUser-Agent: bench\r\nAccept: application/json\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n";

const KINDS = {
  item: { path: ITEM_PATH, template: bodyTemplate(ITEM_BYTES) },
  file: { path: FILE_PATH, template: bodyTemplate(FILE_BYTES) },
} as const;

export class LoadConnection {
  isUsable = true;
  readonly #socket: net.Socket;
  readonly #reader = new AnswerReader();
  readonly #bodies = new Map<string, Expected & { kind: "bytes" }>();
  #onAnswer: OnAnswer | null = null;
  #error = "connection closed";

  constructor(target: Target, localAddress?: string, onOpen?: () => void) {
    this.#socket = net.connect({
      host: target.host,
      port: target.port,
      localAddress,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    if (onOpen) this.#socket.once("connect", onOpen);
    this.#socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#error = error.code ?? error.message;
    });
    this.#socket.on("close", () => this.#answered(this.#error));
    this.#socket.on("end", () => this.#socket.destroy());
  }

  /** Asks for an item or a file; its answer must carry `n`. */
  ask(kind: keyof typeof KINDS, n: number, onAnswer: OnAnswer): void {
    const number = numbered(n);
    const expected = this.#bodies.get(kind) ?? { kind: "bytes", body: Buffer.from(KINDS[kind].template) };
    this.#bodies.set(kind, expected);
    expected.body.write(number, NUMBER_OFFSET, "latin1");
    this.#send(`${KINDS[kind].path}${number}`, expected, onAnswer);
  }

  /** Asks for a stream of that many bytes. */
  askBytes(length: number, onAnswer: OnAnswer): void {
    this.#send(`${BYTES_PATH}${length}`, { kind: "pattern", length }, onAnswer);
  }

  #send(path: string, expected: Expected, onAnswer: OnAnswer): void {
    this.#onAnswer = onAnswer;
    this.#reader.expect(expected);
    this.#socket.write(`GET ${path} HTTP/1.1\r\n${HEADERS}`, "latin1");
  }

  #read(length: number): boolean {
    const result = this.#reader.read(READ_BUFFER.subarray(0, length));
    if (result === "done") {
      if (this.#reader.closes) this.close();
      this.#answered(null);
    } else if (result !== "more") {
      this.close();
      this.#answered(result.wrong);
    }
    return true;
  }

  #answered(wrong: string | null): void {
    if (wrong !== null) this.isUsable = false;
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(wrong);
  }

  /** Closes it; an answer under way is not told. */
  close(): void {
    this.isUsable = false;
    this.#socket.destroy();
  }

  /** Closes it; an answer under way has failed. */
  giveUp(reason: string): void {
    this.close();
    this.#answered(reason);
  }
}
