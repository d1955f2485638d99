// What the nodes answer and the load generator expects, byte for byte. Each answer carries the number of its request, so
// that an answer that reaches the wrong client is noticed.

/** Digits of a request's number, in its path and in its answer. */
export const NUMBER_DIGITS = 8;
export const ITEM_PATH = "/v1/items/";
/** Answers that are sent in many writes. */
export const FILE_PATH = "/v1/files/";
/** `/v1/bytes/<count>`: that many bytes of the pattern. */
export const BYTES_PATH = "/v1/bytes/";

const PREFIX = '{"id":"';
export const NUMBER_OFFSET = PREFIX.length;
export const ITEM_BYTES = 256;
export const FILE_BYTES = 64 * 1024;

/** JSON document of `bytes` bytes with the number left zero. */
export function bodyTemplate(bytes: number): string {
  const head = `${PREFIX}${"0".repeat(NUMBER_DIGITS)}","object":"item","text":"`;
  const tail = '"}';
  const words = "balanced and observed ";
  const room = bytes - head.length - tail.length;
  return head + words.repeat(Math.ceil(room / words.length)).slice(0, room) + tail;
}

export const bodyOf = (template: string, number: string): string =>
  template.slice(0, NUMBER_OFFSET) + number + template.slice(NUMBER_OFFSET + NUMBER_DIGITS);

export const numbered = (n: number): string => String(n % 10 ** NUMBER_DIGITS).padStart(NUMBER_DIGITS, "0");

/** Streams repeat this; its length is a prime below 64 KiB, so that a lost or doubled block shows. */
export const PATTERN: Buffer = Buffer.from(
  Uint8Array.from({ length: 65_521 }, (_, i) => ((i * 2_654_435_761) >>> 13) & 0xff),
);
