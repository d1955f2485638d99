// The access log: one JSON object a line, of every request that failed, was retried, hedged or slow, and of a sample of the
// others. Nothing waits for it: lines collect in a bounded buffer, are written past the event loop, and what does not fit is
// counted and told of in a line of its own.
import fs from "node:fs";
import type { AccessLogSettings } from "#lib/contracts/config.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { accessLine } from "#lib/core/explain/access-line.ts";
import { Sampler } from "#lib/core/explain/sampler.ts";

export const MAX_BUFFERED = 4 * 1024 * 1024;
const COLLECT_MS = 100;
/** A pipe that nobody reads is tried again after so long. */
const AGAIN_MS = 50;
/** How often it is looked whether the file was moved away by who rotates it. */
const LOOK_MS = 1_000;
/** For what is left when the process ends. */
const STOP_MS = 1_000;
const STDOUT = 1;

export class AccessLog {
  readonly #path: string | undefined;
  readonly #index: number;
  #settings: AccessLogSettings | null = null;
  #lines: string[] = [];
  #size = 0;
  #dropped = 0;
  #isWriting = false;
  /** To be called when all is written; null: it is not being stopped. */
  #stopped: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #file: { fd: number; inode: number; lookedMs: number } | null = null;

  /** @param path undefined: standard output @param index of the process */
  constructor(path: string | undefined, index = 0) {
    this.#path = path;
    this.#index = index;
  }

  configure(settings: AccessLogSettings): void {
    this.#settings = settings.enabled ? settings : null;
  }

  /** For the requests of one route; null: none is logged. @param ratio instead of the log's own; null: that */
  choice(random: Random, ratio: number | null = null): AccessLogChoice | null {
    if (this.#settings === null) return null;
    const { sampleRatio, slowMs } = this.#settings;
    return { sampler: new Sampler(ratio ?? sampleRatio, random), slowMs };
  }

  write(record: RequestRecord): void {
    if (this.#settings === null) return;
    const line = accessLine(record, this.#settings, this.#index);
    if (this.#size + line.length > MAX_BUFFERED) {
      this.#dropped++;
      return;
    }
    this.#size += line.length;
    this.#lines.push(line);
    this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#isWriting || this.#lines.length === 0) return;
    if (this.#dropped > 0)
      this.#lines.push(
        `${JSON.stringify({ type: "access-dropped", process: `proxy-${this.#index}`, count: this.#dropped })}\n`,
      );
    this.#dropped = 0;
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#isWriting = true;
    this.#write(bytes, 0);
  }

  #write(bytes: Buffer, from: number): void {
    let fd: number;
    try {
      fd = this.#open();
    } catch {
      this.#later(bytes, from);
      return;
    }
    fs.write(fd, bytes, from, bytes.length - from, null, (fault, written) => {
      if (fault) this.#later(bytes, from);
      else if (from + written < bytes.length) this.#write(bytes, from + written);
      else this.#done();
    });
  }

  #later(bytes: Buffer, from: number): void {
    setTimeout(() => this.#write(bytes, from), AGAIN_MS).unref();
  }

  #done(): void {
    this.#isWriting = false;
    this.#size = this.#lines.reduce((sum, line) => sum + line.length, 0);
    if (this.#stopped !== null) {
      this.#flush();
      if (!this.#isWriting) this.#close();
    } else if (this.#lines.length > 0) this.#timer ??= setTimeout(() => this.#flush(), COLLECT_MS);
  }

  /** Where lines go now. Who rotates the file moves it away: then another one is begun in its place. */
  #open(): number {
    if (this.#path === undefined) return STDOUT;
    const nowMs = performance.now();
    if (this.#file !== null && nowMs - this.#file.lookedMs < LOOK_MS) return this.#file.fd;
    const inode = fs.statSync(this.#path, { throwIfNoEntry: false })?.ino;
    if (this.#file !== null && inode === this.#file.inode) {
      this.#file.lookedMs = nowMs;
      return this.#file.fd;
    }
    if (this.#file !== null) fs.closeSync(this.#file.fd);
    this.#file = null;
    const fd = fs.openSync(this.#path, "a", 0o640);
    this.#file = { fd, inode: fs.fstatSync(fd).ino, lookedMs: nowMs };
    return fd;
  }

  /**
   * Writes what is left, behind what is being written: the process ends. Takes a second at most, as a pipe that nobody reads
   * takes nothing.
   */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#flush();
    if (!this.#isWriting) this.#close();
    const late = setTimeout(() => this.#close(), STOP_MS);
    await stopped;
    clearTimeout(late);
  }

  #close(): void {
    if (this.#stopped === null) return;
    if (this.#file !== null) fs.closeSync(this.#file.fd);
    this.#file = null;
    this.#stopped();
    this.#stopped = null;
  }
}

export interface AccessLogChoice {
  /** Of those that went well. */
  readonly sampler: Sampler;
  /** 0: none is slow. */
  readonly slowMs: number;
}
