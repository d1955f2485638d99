// Finds where a head ends in bytes that arrive in pieces, and meanwhile refuses at once what can never become a head:
// waiting for a CRLF CRLF that a sender of bare line feeds will not send would hold the connection until its time-out.

const CR = 13;
const LF = 10;
const SEPARATOR = Buffer.from("\r\n\r\n");

/** Index just behind the empty line that ends the head starting at `from`, or -1 when it has not arrived. */
export function headEnd(bytes: Buffer, from: number, end: number): number {
  const at = bytes.indexOf(SEPARATOR, from);
  return at >= 0 && at + 4 <= end ? at + 4 : -1;
}

/** Whether bytes of an unfinished head are already wrong: control bytes, a LF without CR, a CR without LF. */
export function unfinishedHeadIsBroken(bytes: Buffer, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x20 || byte === 9) continue;
    if (byte === LF && i > from && bytes[i - 1] === CR) continue;
    if (byte === CR && (i + 1 === end || bytes[i + 1] === LF)) continue;
    return true;
  }
  return false;
}
