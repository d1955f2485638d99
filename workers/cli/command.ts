// What a command of the command line is: its help and its parser are made from one description.
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import type { Client } from "./client.ts";
import type { Environment } from "./credentials.ts";
import { UsageFailure } from "./failure.ts";
import type { Paint } from "./output.ts";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  /** What its value is called in the help: `FILE`. */
  value?: string;
  help: string;
}
export interface Command {
  name: string;
  /** What follows the name: `KIND [NAME…]`. */
  usage: string;
  summary: string;
  description?: string;
  options?: Record<string, Option>;
  examples: readonly string[];
  /** Failures end with this code instead of 1. */
  failureCode?: number;
  run(context: Context): Promise<number | undefined>;
}
export interface Context {
  args: readonly string[];
  /** Of the option; undefined when it is not given. */
  text(option: string): string | undefined;
  flag(option: string): boolean;
  env: Environment;
  signal: AbortSignal;
  /** The server, with whatever identity there is. */
  client(): Promise<Client>;
  print(text: string): void;
  /** To standard error: what is no result. */
  note(text: string): void;
  paint: Paint;
  isTerminal: boolean;
  nowMs: number;
}

export const GLOBAL_OPTIONS: Record<string, Option> = {
  server: { type: "string", value: "URL", help: "server to ask, before GB_SERVER and the one logged in to" },
  "request-timeout": { type: "string", value: "SECONDS", help: "how long a request may take (30)" },
  help: { type: "boolean", short: "h", help: "tell more" },
};
export const OUTPUT: Record<string, Option> = {
  output: { type: "string", short: "o", value: "FORMAT", help: "json, yaml, wide or name" },
};
export const DATA_OUTPUT: Record<string, Option> = {
  output: { type: "string", short: "o", value: "FORMAT", help: "json or yaml" },
};

export type Parsed = { args: string[]; values: Record<string, string | boolean | undefined> };

/** @throws {UsageFailure} for what the command does not take */
export function parseCommand(command: Command, argv: readonly string[]): Parsed {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...GLOBAL_OPTIONS }).map(([name, { type, short }]) => [
      name,
      short ? { type, short } : { type },
    ]),
  ) as ParseArgsOptionsConfig;
  try {
    const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    return { args: positionals, values: values as Parsed["values"] };
  } catch (error) {
    const [first = ""] = (error as Error).message.split(". ");
    throw new UsageFailure(first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, ""));
  }
}

export function helpOf(command: Command): string {
  const told = (options: Record<string, Option>) => {
    const rows = Object.entries(options).map(([name, { short, value, help }]) => [
      `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
      help,
    ]);
    const width = Math.max(...rows.map(([left = ""]) => left.length));
    return rows.map(([left = "", help]) => `  ${left.padEnd(width)}   ${help}`).join("\n");
  };
  return [
    `${command.summary}.${command.description ? `\n\n${command.description}` : ""}`,
    `Usage:\n  gb ${command.name} ${command.usage}`.trimEnd(),
    `Examples:\n${command.examples.map((example) => `  ${example}`).join("\n")}`,
    ...(command.options ? [`Options:\n${told(command.options)}`] : []),
    `Everywhere:\n${told(GLOBAL_OPTIONS)}`,
  ].join("\n\n");
}

/** As many arguments as there may be. @throws {UsageFailure} */
export function countArgs({ args }: Pick<Context, "args">, least: number, most: number, what: string): void {
  if (args.length < least) throw new UsageFailure(`${what} is missing`);
  if (args.length > most) throw new UsageFailure(`unexpected argument "${args[most]}"`);
}
