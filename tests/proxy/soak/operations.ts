// What clients do. Each operation ends with one word for what came of it, or throws when the proxy did wrong: a wrong
// content, an answer that is another request's, a cut answer that looks whole, no answer at all.
import http from "node:http";
import net from "node:net";
import { PROXY_PROBLEMS } from "#lib/contracts/problem.ts";
import { anyStretch, bytesOf, Checker, type Stretch } from "./content.ts";
import type { Dice } from "./dice.ts";
import type { Kind } from "./node.ts";

export interface Ground {
  port: number;
  dice: Dice;
  agent: http.Agent;
  /** A word that no other request has. */
  id: string;
}

const KIND_WEIGHTS: Record<Kind, number> = {
  ok: 60,
  slow: 6,
  error: 3,
  reset: 2,
  half: 2,
  hang: 0.1,
  early: 3,
  closing: 4,
  "idle-close": 4,
  hints: 3,
  empty: 3,
};
export const WEIGHTS = { request: 70, "slow-reader": 4, abort: 14, pipeline: 8, socket: 3, garbage: 2 };
const PROBLEMS: ReadonlySet<string> = new Set(Object.keys(PROXY_PROBLEMS));
/** An operation that takes longer hangs: every time limit of the pools is shorter. */
const PATIENCE_MS = 90_000;

interface Asked {
  kind: Kind;
  method: string;
  body: Stretch;
  answer: Stretch;
  options: http.RequestOptions;
}

function ask({ dice, port, agent, id }: Ground, kind: Kind, answer = anyStretch(dice)): Asked {
  const method = dice.weighted({ GET: 50, POST: 25, PUT: 10, HEAD: 5, DELETE: 5, OPTIONS: 5 });
  const hasBody = method === "POST" || method === "PUT";
  const body = hasBody ? anyStretch(dice, 300_000) : { size: 0, offset: 0 };
  const framing = dice.weighted({ length: 6, chunked: 4, close: 1 });
  const headers: http.OutgoingHttpHeaders = { "X-Request-Id": id, "X-Body": `${body.size},${body.offset}` };
  if (hasBody && dice.chance(0.5)) headers["Transfer-Encoding"] = "chunked";
  else if (hasBody) headers["Content-Length"] = body.size;
  if (body.size > 0 && dice.chance(0.1)) headers.Expect = "100-continue";
  const path = `/${kind}?answer=${answer.size},${answer.offset}&framing=${framing}`;
  return { kind, method, body, answer, options: { port, host: "127.0.0.1", method, path, headers, agent } };
}

/** Sends the request and its body, at times slowly. */
function send(asked: Asked, dice: Dice): http.ClientRequest {
  const request = http.request(asked.options);
  const bytes = bytesOf(asked.body);
  request.setTimeout(PATIENCE_MS, () => request.destroy(new Error("no answer")));
  const write = () => {
    if (!dice.chance(0.2) || bytes.length < 2) return void request.end(bytes);
    const cut = dice.below(bytes.length);
    request.write(bytes.subarray(0, cut), () => setTimeout(() => request.end(bytes.subarray(cut)), 1));
  };
  if (asked.options.headers && "Expect" in asked.options.headers) request.once("continue", write);
  else write();
  return request;
}

/** Reads the answer to its end and judges it. */
function judge(asked: Asked, request: http.ClientRequest, isSlow: boolean): Promise<string> {
  const { kind, method, answer, options } = asked;
  const id = (options.headers as http.OutgoingHttpHeaders)["X-Request-Id"];
  return new Promise((resolve, reject) => {
    const wrong = (what: string) => reject(new Error(`${method} ${options.path} (${id}): ${what}`));
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.message === "no answer") wrong("no answer in time");
      else resolve(`lost ${kind} ${error.code}`);
    });
    request.on("response", (response) => {
      const { statusCode = 0, headers } = response;
      const checker = new Checker(method === "HEAD" || statusCode === 204 ? { size: 0, offset: 0 } : answer);
      let text = "";
      response.on("data", (piece: Buffer) => {
        checker.take(piece);
        if (statusCode >= 400) text = (text + piece.toString("latin1")).slice(0, 2_000);
        if (!isSlow) return;
        response.pause();
        setTimeout(() => response.resume(), 1);
      });
      response.on("error", () => resolve(`cut ${kind}`));
      response.on("end", () => {
        if (headers["x-request-id"] !== id) wrong(`the answer is that of ${headers["x-request-id"]}`);
        else if (headers["content-type"] === "application/problem+json") {
          const code = method === "HEAD" ? "problem" : (JSON.parse(text) as { code: string }).code;
          if (method === "HEAD" || PROBLEMS.has(code)) resolve(code);
          else wrong(`an unknown problem ${code}`);
        } else if (headers["x-echo"] !== id) wrong(`the node answered ${headers["x-echo"]}`);
        else if (statusCode === 400) wrong("the node got another body");
        else if (kind === "half") wrong("a cut answer looks whole");
        else if (statusCode !== (kind === "error" ? 500 : kind === "empty" ? 204 : 200)) wrong(`status ${statusCode}`);
        else if (checker.isRight) resolve(String(statusCode));
        else wrong(`a wrong content: ${checker.fault}`);
      });
    });
  });
}

export function request(ground: Ground): Promise<string> {
  const { dice } = ground;
  const asked = ask(ground, dice.weighted(KIND_WEIGHTS));
  if (dice.chance(0.1)) asked.options.agent = false;
  return judge(asked, send(asked, dice), false);
}

/** A request that only fails when the proxy or a node is not well. */
export function plainGet(ground: Ground): Promise<string> {
  const { port, agent, id, dice } = ground;
  const answer = anyStretch(dice, 1_000);
  const headers = { "X-Request-Id": id, "X-Body": "0,0" };
  const path = `/ok?answer=${answer.size},${answer.offset}&framing=length`;
  const options = { port, host: "127.0.0.1", method: "GET", path, headers, agent };
  const asked: Asked = { kind: "ok", method: "GET", body: { size: 0, offset: 0 }, answer, options };
  return judge(asked, send(asked, dice), false);
}

export function slowReader(ground: Ground): Promise<string> {
  const { dice } = ground;
  const size = 100_000 + dice.below(900_000);
  const asked = ask(ground, dice.one(["ok", "slow", "closing"]), { size, offset: dice.below(1_000_000) });
  return judge(asked, send(asked, dice), true);
}

/** Leaves somewhere on the way. */
export function abort(ground: Ground): Promise<string> {
  const { dice } = ground;
  const asked = ask(ground, dice.weighted(KIND_WEIGHTS), anyStretch(dice, 1_500_000));
  asked.options.agent = false;
  const phase = dice.one(["at once", "connected", "sent", "head", "answer", "end"] as const);
  const sent = send(asked, dice);
  const laterMs = dice.below(4);
  return new Promise((resolve) => {
    const leave = () => setTimeout(() => sent.destroy(), laterMs);
    sent.on("error", () => {});
    sent.on("close", () => resolve(`left ${phase}`));
    sent.on("response", (response) => {
      response.on("error", () => {});
      if (phase === "head") leave();
      if (phase === "answer") response.once("data", leave);
      if (phase === "end") response.on("end", () => sent.destroy());
      response.resume();
    });
    if (phase === "at once") sent.destroy();
    if (phase === "connected") sent.once("socket", (socket) => socket.once("connect", () => sent.destroy()));
    if (phase === "sent") sent.once("finish", leave);
  });
}

/** Bytes that are no request: they are refused. */
export function garbage({ dice, port }: Ground): Promise<string> {
  const bytes = dice.one([
    "GET / HTTP/1.1\nHost: a\n\n",
    "\x16\x03\x01\x02\0\x01",
    "GET /\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
  ]);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (text.startsWith("HTTP/1.1 400 ")) resolve("refused");
      else reject(new Error(`${JSON.stringify(bytes)} got ${JSON.stringify(text.slice(0, 80))}`));
    });
  });
}
