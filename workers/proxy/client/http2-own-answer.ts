import type { ServerHttp2Stream } from "node:http2";
import { type OwnAnswer, ownAnswerText } from "../http/own-answer.ts";
import { http2Answer } from "../http2/translate.ts";

/** Answers a stream with what the proxy makes itself. */
export function respondWith(stream: ServerHttp2Stream, answer: OwnAnswer, requestId: string, isHead: boolean): void {
  const text = ownAnswerText(answer, { requestId, isHead, closes: false, minor: 1 });
  const bodyAt = text.indexOf("\r\n\r\n") + 4;
  const hasBody = bodyAt < text.length;
  stream.respond(http2Answer(text), { endStream: !hasBody });
  if (hasBody) stream.end(Buffer.from(text.slice(bodyAt), "latin1"));
}
