// Whatever our parsers accept, Node's own accepts, strict and lenient, and all see the same messages: the same number of
// them, with the same first line, fields, body and trailers. Two readings of one stream are what request smuggling is made
// of. GB_FUZZ_RUNS sets how many streams are tried, GB_FUZZ_SEED repeats a run.
import http from "node:http";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ourAnswer, ourRequests } from "./fuzz/ours.ts";
import type { Message, Reading } from "./fuzz/seen.ts";
import { answerStreams, requestStreams } from "./fuzz/streams.ts";
import { NodeReader } from "./fuzz/theirs.ts";

const numRuns = Number(process.env.GB_FUZZ_RUNS ?? 3_000);
const settings = { numRuns, ...(process.env.GB_FUZZ_SEED && { seed: Number(process.env.GB_FUZZ_SEED) }) };
const timeout = 60_000 + numRuns * 20;

const strict = new NodeReader(false);
const lenient = new NodeReader(true);

/** Node knows a list of methods; any token is one (RFC 9110 §9.1). */
const isKnown = ({ line }: Message) => http.METHODS.includes(line.slice(0, line.indexOf(" ")));
/** Node gives the target as it came; absolute ones we take apart. */
const bare = (message: Message): Message => ({
  ...message,
  line: message.line.replace(/^(\S+) http:\/\/[^/?]*\/?/i, "$1 /"),
});

/** Each way to cut the bytes in two, and each byte for itself. */
function* cuts(bytes: Buffer): Generator<Buffer[]> {
  for (let i = 1; i < bytes.length; i++) yield [bytes.subarray(0, i), bytes.subarray(i)];
  yield Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}

/** Compares without `expect` first: that costs more than the reading itself. */
function expectNoCutMatters(bytes: Buffer, whole: Reading, read: (pieces: Buffer[]) => Reading): void {
  for (const pieces of cuts(bytes)) {
    const cut = read(pieces);
    if (!isDeepStrictEqual(cut, whole)) expect(cut).toEqual(whole);
  }
}

/** @param whole whether the rest of the stream counts, too */
function expectSame(ours: Reading, theirs: Reading, whole: boolean): void {
  expect(theirs.messages.slice(0, ours.messages.length).map(bare)).toEqual(ours.messages.map(bare));
  if (!whole) return;
  expect(theirs.messages.length).toBe(ours.messages.length);
  if (ours.end === "clean") expect(theirs.end).toBe("clean");
}

test("a stream of requests that we accept is read the same by Node, strict and lenient, however it is cut", {
  timeout,
}, async () => {
  const accepted = { messages: 0, clean: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(requestStreams, async (text) => {
      const bytes = Buffer.from(text, "latin1");
      const ours = ourRequests([bytes]);
      expectNoCutMatters(bytes, ours, ourRequests);
      if (ours.end === "refused") accepted.refused++;
      if (!ours.messages.every(isKnown)) return;
      // Node takes any request of this method for the preface of HTTP/2, and drops what came before it in the same read.
      if (text.includes("PRI ")) return;
      accepted.messages += ours.messages.length;
      if (ours.end === "clean") accepted.clean++;
      for (const reader of [strict, lenient])
        expectSame(ours, await reader.requests([bytes]), ours.end === "clean" || ours.end === "unfinished");
    }),
    settings,
  );
  expect(accepted.clean).toBeGreaterThan(numRuns / 10);
  expect(accepted.refused).toBeGreaterThan(numRuns / 10);
});

test("an answer that we accept is read the same by Node, strict and lenient, however it is cut", {
  timeout,
}, async () => {
  const accepted = { clean: 0, refused: 0 };
  const method = fc.constantFrom("GET", "GET", "HEAD", "POST");
  await fc.assert(
    fc.asyncProperty(answerStreams, method, async (text, asked) => {
      const bytes = Buffer.from(text, "latin1");
      const ours = ourAnswer([bytes], asked);
      expectNoCutMatters(bytes, ours, (pieces) => ourAnswer(pieces, asked));
      if (ours.end === "refused") accepted.refused++;
      if (ours.end !== "clean") return;
      accepted.clean++;
      for (const reader of [strict, lenient]) expectSame(ours, await reader.answer([bytes], asked), false);
    }),
    settings,
  );
  expect(accepted.clean).toBeGreaterThan(numRuns / 10);
  expect(accepted.refused).toBeGreaterThan(numRuns / 10);
});
