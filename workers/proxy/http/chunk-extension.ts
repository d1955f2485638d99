// Grammar of chunk extensions (RFC 9112 §7.1.1), byte by byte: `;name`, `;name=token` or `;name="quoted"`, any number of
// them. Readers that skip to the end of the line disagree with those that do not on where it ends, so all is checked; and
// nothing of it is passed on.
import { TOKEN, VALUE } from "./fields.ts";

const State = { nameStart: 0, name: 1, valueStart: 2, value: 3, quoted: 4, escaped: 5, quotedEnd: 6 };

const QUOTE = 34;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;

export class ChunkExtension {
  #state = State.nameStart;

  /** The `;` before the first one has come. */
  start(): void {
    this.#state = State.nameStart;
  }

  /** Whether the line may end now. */
  get mayEnd(): boolean {
    return this.#state === State.name || this.#state === State.value || this.#state === State.quotedEnd;
  }

  /** Takes one byte. @returns whether it may stand there */
  take(byte: number): boolean {
    switch (this.#state) {
      case State.nameStart:
        return this.#become(State.name, TOKEN[byte] === 1);
      case State.name:
        if (byte === EQUALS) return this.#become(State.valueStart, true);
        return byte === SEMICOLON ? this.#become(State.nameStart, true) : TOKEN[byte] === 1;
      case State.valueStart:
        if (byte === QUOTE) return this.#become(State.quoted, true);
        return this.#become(State.value, TOKEN[byte] === 1);
      case State.value:
        return byte === SEMICOLON ? this.#become(State.nameStart, true) : TOKEN[byte] === 1;
      case State.quoted:
        if (byte === QUOTE) return this.#become(State.quotedEnd, true);
        return byte === BACKSLASH ? this.#become(State.escaped, true) : VALUE[byte] === 1;
      case State.escaped:
        return this.#become(State.quoted, VALUE[byte] === 1);
      default:
        return this.#become(State.nameStart, byte === SEMICOLON);
    }
  }

  #become(state: number, isAllowed: boolean): boolean {
    this.#state = state;
    return isAllowed;
  }
}
