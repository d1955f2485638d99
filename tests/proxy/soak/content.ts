// Content that both ends know: a stretch of one long pattern, which says of itself whether it is the right one.
import { Dice } from "./dice.ts";

const LENGTH = 2_097_152;
const PATTERN = Buffer.alloc(LENGTH);
const dice = new Dice(7);
for (let i = 0; i < LENGTH; i += 4) PATTERN.writeUInt32LE(Math.floor(dice.next() * 4_294_967_296), i);

export interface Stretch {
  size: number;
  offset: number;
}

export const stretchOf = (text: string): Stretch => {
  const [size = 0, offset = 0] = text.split(",").map(Number);
  return { size, offset };
};
export const bytesOf = ({ size, offset }: Stretch): Buffer => PATTERN.subarray(offset, offset + size);

/** Mostly small, at times large. */
export function anyStretch(dice: Dice, max = 600_000): Stretch {
  const limit = dice.weighted({ "0": 1, "200": 10, "9000": 8, "20000": 4, "70000": 2, [max]: 1 });
  const size = dice.below(Number(limit) + 1);
  return { size, offset: dice.below(LENGTH - size) };
}

/** Holds pieces against what is expected, as they come. */
export class Checker {
  #seen = 0;
  #wrong: string | null = null;
  readonly #expected: Buffer;

  constructor(stretch: Stretch) {
    this.#expected = bytesOf(stretch);
  }
  take(piece: Buffer): void {
    const part = this.#expected.subarray(this.#seen, this.#seen + piece.length);
    if (this.#wrong === null && !part.equals(piece)) this.#wrong = this.#describe(part, piece);
    this.#seen += piece.length;
  }
  get isRight(): boolean {
    return this.#wrong === null && this.#seen === this.#expected.length;
  }
  /** What came instead, and from which stretch, so that a fault can be traced. */
  get fault(): string {
    return `${this.#seen} of ${this.#expected.length} bytes${this.#wrong === null ? "" : `, ${this.#wrong}`}`;
  }

  #describe(part: Buffer, piece: Buffer): string {
    let at = 0;
    while (at < part.length && part[at] === piece[at]) at++;
    let end = piece.length;
    while (end > at && part.length === piece.length && part[end - 1] === piece[end - 1]) end--;
    const bytes = piece.subarray(at, Math.min(end, at + 64));
    const from = PATTERN.indexOf(bytes);
    return `wrong from ${this.#seen + at} to ${this.#seen + end}, of a piece of ${piece.length} from ${this.#seen} on: ${
      from < 0 ? JSON.stringify(bytes.toString("latin1")) : `those of the pattern from ${from} on`
    }`;
  }
}
