// The command line as a process of its own, against the API over real HTTP.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";
import { handleApi } from "#lib/server/dispatch.ts";

const GB = path.resolve(import.meta.dirname, "../../workers/cli/gb.mjs");

export type Ended = { code: number | null; out: string; err: string };
export type RunOptions = { env?: Record<string, string | undefined>; input?: string; cwd?: string };

export interface Rig {
  /** Address of the API. */
  url: string;
  /** A folder of the file's own, with XDG_CONFIG_HOME in it. */
  dir: string;
  /** Runs `gb` with these arguments, as the publisher of the tests unless `env` says otherwise. */
  gb(args: string[], options?: RunOptions): Promise<Ended>;
  start(args: string[], options?: RunOptions): ReturnType<typeof spawn>;
}

/** For a whole file, after `serveApi`. */
export function serveCli(): Rig {
  const rig = {} as Rig;
  const server = createServer(listener);
  beforeAll(async () => {
    rig.url = await listen(server);
    rig.dir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-cli-"));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(rig.dir, { recursive: true, force: true });
  });
  rig.start = (args, { env = {}, cwd = rig.dir } = {}) => {
    const own: Record<string, string | undefined> = {
      PATH: process.env.PATH,
      HOME: rig.dir,
      XDG_CONFIG_HOME: path.join(rig.dir, "config"),
      GB_SERVER: rig.url,
      GB_API_TOKEN: "test-token-of-publisher",
      ...env,
    };
    return spawn(process.execPath, [GB, ...args], {
      cwd,
      env: own as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "pipe"],
    });
  };
  rig.gb = async (args, options = {}) => {
    const child = rig.start(args, options);
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    const [out, err, [code]] = await Promise.all([
      text(child.stdout as Readable),
      text(child.stderr as Readable),
      once(child, "close"),
    ]);
    return { code: code as number | null, out, err };
  };
  return rig;
}

const listener: RequestListener = async (request, response) => {
  const method = request.method ?? "GET";
  const answer = await handleApi(
    new Request(`http://${request.headers.host}${request.url}`, {
      method,
      headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ...(method !== "GET" && method !== "HEAD" && { body: Readable.toWeb(request) as ReadableStream, duplex: "half" }),
    }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
};

export async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
