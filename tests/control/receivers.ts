// Where notifications arrive in tests: an HTTP receiver that answers as it is told to, and a mail server.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { Cleanups } from "./support.ts";

export type Received = { url: URL; headers: http.IncomingHttpHeaders; body: string; json: Record<string, unknown> };

export async function receiver(after: Cleanups) {
  const received: Received[] = [];
  /** What is answered next: by turns, and the last for ever. */
  const answers: { status: number; body?: string; headers?: Record<string, string> }[] = [{ status: 200, body: "ok" }];
  /** While it is set, requests are taken and not answered; what happens when one has come, before it is answered. */
  const state = { isSilent: false, onReceived: () => {} };
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    received.push({
      url: new URL(request.url ?? "/", "http://receiver"),
      headers: request.headers,
      body,
      json: JSON.parse(body || "{}") as Record<string, unknown>,
    });
    state.onReceived();
    if (state.isSilent) return;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { received, answers, state, url };
}

export async function mailServer(after: Cleanups, { user, password }: { user: string; password: string }) {
  const mails: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === user && auth.password === password ? done(null, { user }) : done(new Error("who are you?")),
    onData: (stream, { envelope }, done) => {
      let text = "";
      stream.on("data", (piece: Buffer) => {
        text += piece.toString("utf8");
      });
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  after.add(() => new Promise<void>((resolve) => server.close(resolve)));
  return { mails, port: (server.server.address() as AddressInfo).port };
}
