// Clients and nodes that speak HTTP/2, by node:http2.
import http2 from "node:http2";
import { onCleanUp } from "../clean-up.ts";

export interface Http2Answer {
  status: number;
  headers: http2.IncomingHttpHeaders;
  body: string;
  trailers: http2.IncomingHttpHeaders;
  interims: number[];
}

export function connectHttp2(port: number, options: http2.ClientSessionOptions = {}): http2.ClientHttp2Session {
  const session = http2.connect(`http://127.0.0.1:${port}`, options);
  session.on("error", () => {});
  onCleanUp(() => session.destroy());
  return session;
}

/** The answer, when it is whole. Rejects when the stream is reset, with its code. */
export function answerOf(stream: http2.ClientHttp2Stream): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const answer: Http2Answer = { status: 0, headers: {}, body: "", trailers: {}, interims: [] };
    stream.on("headers", (headers) => answer.interims.push(Number(headers[":status"])));
    stream.on("response", (headers) => {
      answer.status = Number(headers[":status"]);
      answer.headers = headers;
    });
    stream.on("trailers", (trailers) => {
      answer.trailers = trailers;
    });
    stream.on("data", (piece: Buffer) => {
      answer.body += piece.toString("latin1");
    });
    stream.on("error", () => {});
    stream.on("close", () => {
      if (stream.rstCode === 0 && answer.status !== 0) resolve(answer);
      else reject(new Error(`reset with ${stream.rstCode}`));
    });
  });
}

/** One request over a session. */
export function http2Request(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  const answer = answerOf(stream);
  if (body !== undefined) stream.end(body);
  return answer;
}
