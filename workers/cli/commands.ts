import type { Command } from "./command.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { canaryCommand } from "./commands/canary.ts";
import { completionCommand } from "./commands/completion.ts";
import { applyCommand, diffCommand, exportCommand, schemaCommand } from "./commands/config.ts";
import { demoCommand } from "./commands/demo.ts";
import { describeCommand } from "./commands/describe.ts";
import { explainCommand } from "./commands/explain.ts";
import { getCommand } from "./commands/get.ts";
import { loginCommand, logoutCommand, whoamiCommand } from "./commands/login.ts";
import { NODE_COMMANDS } from "./commands/nodes.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { silenceCommand } from "./commands/silence.ts";
import { statusCommand } from "./commands/status.ts";
import { topCommand } from "./commands/top.ts";
import { UsageFailure } from "./failure.ts";

export const COMMANDS: readonly Command[] = [
  loginCommand,
  logoutCommand,
  whoamiCommand,
  statusCommand,
  getCommand,
  describeCommand,
  topCommand,
  explainCommand,
  applyCommand,
  diffCommand,
  exportCommand,
  schemaCommand,
  rollbackCommand,
  canaryCommand,
  alertsCommand,
  silenceCommand,
  ...NODE_COMMANDS,
  demoCommand,
  completionCommand,
];

/** @throws {UsageFailure} */
export function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) return command;
  throw new UsageFailure(`unknown command "${name}": gb --help lists them`);
}

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`);
  return [
    "gb: Gemini Balance from the command line.",
    "Usage:\n  gb COMMAND [ARGUMENTS] [OPTIONS]",
    `Commands:\n${lines.join("\n")}`,
    "The server and the token come from gb login, or from GB_SERVER and GB_API_TOKEN.",
    'See "gb COMMAND --help" for more of a command.',
  ].join("\n\n");
}
