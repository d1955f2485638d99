import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import type { Me } from "#lib/contracts/views.ts";
import { makeClient } from "../client.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT } from "../command.ts";
import { checkServer, credentialsFile, DEFAULT_SERVER, forgetCredentials, writeCredentials } from "../credentials.ts";
import { Failure } from "../failure.ts";
import { asJson, asYaml, clean, fields, formatOf } from "../output.ts";

export const loginCommand: Command = {
  name: "login",
  usage: "[SERVER]",
  summary: "Keep a server and an API token for the commands that follow",
  description:
    "Asks for the token, or reads it from standard input. It is tried first, and kept in a file that only you may read\n" +
    "(below XDG_CONFIG_HOME, else ~/.config). Administrators make tokens in the dashboard: Settings, API tokens.",
  options: {
    token: { type: "string", value: "TOKEN", help: "the token; others on this machine may see it there" },
  },
  examples: ["gb login https://balance.example.org", "gb login < token.txt"],
  async run(context) {
    countArgs(context, 0, 1, "");
    const { args, env, text, signal } = context;
    const server = checkServer(args[0] ?? text("server") ?? (env.GB_SERVER || DEFAULT_SERVER));
    const token = (text("token") ?? (await askToken(context, server))).trim();
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Failure("a token is visible ASCII characters, without spaces");
    const me = await makeClient({ server, token, timeoutMs: 30_000, signal }).get<Me>("/me");
    const { protocol, hostname } = new URL(server);
    if (protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
      context.note("warning: this server is asked without TLS: whoever listens reads the token");
    const file = await writeCredentials(env, { server, token });
    context.print(`Logged in to ${server} as ${clean(me.name)} (${me.role}); the token is in ${file}`);
    if (env.GB_API_TOKEN) context.note("warning: GB_API_TOKEN is set, and is used before this token");
    return 0;
  },
};

async function askToken({ isTerminal, signal }: Context, server: string): Promise<string> {
  if (!isTerminal) return readAll(process.stdin);
  process.stderr.write(`API token for ${server}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await lines.question("", { signal });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

export const logoutCommand: Command = {
  name: "logout",
  usage: "",
  summary: "Forget the token of gb login",
  description: "The token itself stays valid: administrators revoke it in the dashboard.",
  examples: ["gb logout"],
  async run(context) {
    countArgs(context, 0, 0, "");
    const wasThere = await forgetCredentials(context.env);
    context.print(wasThere ? `Logged out: ${credentialsFile(context.env)} is gone` : "Nobody was logged in");
    return 0;
  },
};

export const whoamiCommand: Command = {
  name: "whoami",
  usage: "",
  summary: "Tell which server is asked, and as whom",
  options: DATA_OUTPUT,
  examples: ["gb whoami", "gb whoami -o json"],
  async run(context) {
    countArgs(context, 0, 0, "");
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    const me = await client.get<Me>("/me");
    const whole = { server: client.server, ...me };
    if (format === "json") context.print(asJson(whole));
    else if (format === "yaml") context.print(asYaml(whole));
    else
      context.print(
        fields([
          ["Server", client.server],
          ["Name", me.name],
          ["Kind", me.kind === "token" ? "API token" : "person"],
          ["Role", me.role],
          ["Pools", me.poolIds === null ? "all" : `limited to ${me.poolIds.join(", ")}`],
        ]),
      );
    return 0;
  },
};
