// The command line: finds the command, runs it, and tells how it ended: 0 well, 1 not, 130 interrupted.
import process from "node:process";
import { makeClient } from "./client.ts";
import { type Command, type Context, helpOf, parseCommand } from "./command.ts";
import { COMMANDS, findCommand, overview } from "./commands.ts";
import { resolveCredentials } from "./credentials.ts";
import { ApiFailure, Failure, UsageFailure } from "./failure.ts";
import { clean, paintFor } from "./output.ts";
import { tellProblem } from "./problem-text.ts";

const INTERRUPTED = 130;
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
// Who reads only the beginning (head, less) has what they want.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const note = (text: string) => void process.stderr.write(`${text}\n`);
const print = (text: string) => void process.stdout.write(`${text}\n`);

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const about = name === "help" ? rest[0] : undefined;
    print(about === undefined ? overview(COMMANDS) : helpOf(findCommand(about)));
    return 0;
  }
  const command = findCommand(name);
  try {
    return await runCommand(command, rest);
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    if (!(error instanceof Failure)) throw error;
    note(`error: ${error instanceof ApiFailure ? tellProblem(error.problem) : clean(error.message)}`);
    if (error instanceof UsageFailure) note(`See "gb ${command.name} --help".`);
    return command.failureCode ?? error.exitCode;
  }
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const { args, values } = parseCommand(command, argv);
  if (values.help) {
    print(helpOf(command));
    return 0;
  }
  const timeoutMs = timeoutOf(values["request-timeout"]);
  const text = (option: string) => (typeof values[option] === "string" ? values[option] : undefined);
  const context: Context = {
    args,
    text,
    flag: (option) => values[option] === true,
    env: process.env,
    signal: interrupt.signal,
    client: async () =>
      makeClient({ ...(await resolveCredentials(process.env, text("server"))), timeoutMs, signal: interrupt.signal }),
    print,
    note,
    paint: paintFor(process.stdout, process.env),
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    nowMs: Date.now(),
  };
  return (await command.run(context)) ?? 0;
}

function timeoutOf(value: string | boolean | undefined): number {
  if (value === undefined) return 30_000;
  const seconds = Number(/^(\d+(?:\.\d+)?)s?$/.exec(String(value))?.[1]);
  if (!(seconds > 0 && seconds <= 3_600))
    throw new UsageFailure("--request-timeout must be seconds, above 0 up to 3600");
  return seconds * 1_000;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  note(`error: ${clean(error.message)}`);
  process.exitCode = 1;
}
