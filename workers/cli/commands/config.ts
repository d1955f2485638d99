import { readFile, writeFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { ImportResult } from "#lib/contracts/config-file.ts";
import { changesText } from "../changes-text.ts";
import type { Client } from "../client.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT, type Option } from "../command.ts";
import { confirm } from "../confirm.ts";
import { ApiFailure, Failure, UsageFailure } from "../failure.ts";
import { asJson, asYaml, clean, formatOf } from "../output.ts";
import { faultText, tellProblem } from "../problem-text.ts";
import { confirmQuery } from "../warnings.ts";

const FILE: Record<string, Option> = {
  filename: {
    type: "string",
    short: "f",
    value: "FILE",
    help: "the file, in YAML or (.json) JSON; - is standard input",
  },
  prune: { type: "boolean", help: "delete what the file's sections do not hold; it is kept otherwise" },
};
/** Of diff: 1 says that there are differences. */
const DIFF_FAILED = 2;

export const applyCommand: Command = {
  name: "apply",
  usage: "-f FILE",
  summary: "Make the configuration what a file says",
  description:
    "Shows what would change, and asks before it publishes. Where nobody can be asked, it publishes without asking, unless\n" +
    "something would be deleted or there are warnings: that needs --yes. What is published is what was shown.",
  options: {
    ...FILE,
    "dry-run": { type: "boolean", help: "only show what would change" },
    yes: { type: "boolean", short: "y", help: "publish without asking, deletions and warnings included" },
    note: { type: "string", value: "TEXT", help: "kept with the revision" },
    ...DATA_OUTPUT,
  },
  examples: [
    "gb apply -f balance.yaml",
    "gb apply -f balance.yaml --prune --yes --note 'from Git'",
    "gb export | gb apply -f - --dry-run",
  ],
  async run(context) {
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const file = await readInput(context);
    const client = await context.client();
    const planned = await put(client, file, { ...queryOf(context), dryRun: "true" });
    const tell = (text: string) => (format === "table" ? context.print(text) : context.note(text));
    if (planned.changes.length === 0)
      tell(`unchanged: revision ${planned.revision} is what the file says${keptText(planned)}`);
    else tell(planText(planned, context));
    const result =
      planned.changes.length === 0 || context.flag("dry-run") ? planned : await publish(context, client, file, planned);
    if (result === null) return 1;
    if (format !== "table") context.print(format === "json" ? asJson(result) : asYaml(result));
    else if (!result.dryRun)
      context.print(`published: revision ${result.revision}${await convergence(client, result.revision)}`);
    else if (planned.changes.length > 0) context.print("nothing was published (dry run)");
    return 0;
  },
};

/** Null when the person says no. */
async function publish(
  context: Context,
  client: Client,
  file: Input,
  planned: ImportResult,
): Promise<ImportResult | null> {
  if (!context.flag("yes")) {
    const isDangerous =
      planned.warnings.some(({ needsConfirmation }) => needsConfirmation) ||
      planned.changes.some(({ change }) => change === "removed");
    if (!context.isTerminal && isDangerous)
      throw new Failure("this deletes something or has warnings, and nobody can be asked: say --yes, if you mean it");
    if (context.isTerminal && !(await confirm("Publish this?", context.signal))) {
      context.note("nothing was published");
      return null;
    }
  }
  // What is published is what was shown: the revision is asked for, and a warning that came up since is no part of it.
  const shown = planned.warnings.filter(({ needsConfirmation }) => needsConfirmation).map(({ id }) => id);
  const confirmed = context.flag("yes") ? "all" : confirmQuery(shown);
  return put(client, file, { ...queryOf(context), confirm: confirmed }, planned.revision);
}

export const diffCommand: Command = {
  name: "diff",
  usage: "-f FILE",
  summary: "Compare a file with the configuration in force",
  description: "Exits with 0 when there are no differences, with 1 when there are, and with 2 when it cannot tell.",
  options: { ...FILE, ...DATA_OUTPUT },
  examples: ["gb diff -f balance.yaml --prune", "gb diff -f balance.yaml -o json"],
  failureCode: DIFF_FAILED,
  async run(context) {
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const planned = await put(await context.client(), await readInput(context), {
      ...queryOf(context),
      dryRun: "true",
    });
    if (format !== "table") context.print(format === "json" ? asJson(planned) : asYaml(planned));
    else if (planned.changes.length > 0) context.print(planText(planned, context));
    return planned.changes.length > 0 ? 1 : 0;
  },
};

export const exportCommand: Command = {
  name: "export",
  usage: "",
  summary: "Write the configuration in force as a file",
  options: {
    output: { type: "string", short: "o", value: "FORMAT", help: "yaml (unless given) or json" },
    "no-ids": { type: "boolean", help: "without ids: for a file that several installations are made from" },
  },
  examples: ["gb export > balance.yaml", "gb export -o json --no-ids"],
  async run(context) {
    countArgs(context, 0, 0, "");
    const format = formatOf(context.text("output") ?? "yaml", ["json", "yaml"]);
    const query = { format, ids: context.flag("no-ids") ? "false" : undefined };
    const { text } = await (await context.client()).send("GET", "/config", { query });
    context.print(text.trimEnd());
    return 0;
  },
};

export const schemaCommand: Command = {
  name: "schema",
  usage: "[FILE]",
  summary: "Write the JSON Schema of the file, for editors",
  examples: ["gb schema > gemini-balance.schema.json", "gb schema gemini-balance.schema.json"],
  async run(context) {
    countArgs(context, 0, 1, "");
    const [file] = context.args;
    const { text } = await (await context.client()).send("GET", "/config/schema.json");
    if (file === undefined) context.print(text.trimEnd());
    else
      await writeFile(file, text).catch((error: Error) => {
        throw new Failure(`cannot write ${file}: ${error.message}`, { cause: error });
      });
    return 0;
  },
};

type Input = { name: string; content: string; type: string };

async function readInput(context: Context): Promise<Input> {
  countArgs(context, 0, 0, "");
  const name = context.text("filename");
  if (name === undefined) throw new UsageFailure("-f FILE is missing");
  const type = name.toLowerCase().endsWith(".json") ? "application/json" : "application/yaml";
  if (name === "-") {
    if (process.stdin.isTTY) context.note("reading standard input; end with Ctrl-D");
    return { name: "standard input", content: await readAll(process.stdin), type };
  }
  const content = await readFile(name, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`cannot read ${name}: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
  });
  return { name, content, type };
}

const queryOf = (context: Context) => ({
  prune: context.flag("prune") ? "true" : undefined,
  note: context.text("note"),
});

async function put(
  client: Client,
  { name, content, type }: Input,
  query: Record<string, string | undefined>,
  ifMatch?: number,
): Promise<ImportResult> {
  try {
    const { body } = await client.send("PUT", "/config", { query, text: { content, type }, ifMatch });
    return body as ImportResult;
  } catch (error) {
    if (error instanceof ApiFailure && error.problem.faults?.some(({ line }) => line !== undefined))
      throw new Failure(tellProblem(error.problem, clean(name)), { cause: error });
    throw error;
  }
}

function planText(planned: ImportResult, { paint }: Context): string {
  const warnings = planned.warnings.map(({ name, path, message }) => {
    const about = name === "" ? faultText({ path, message, code: "" }, "line") : clean(`${name}: ${message}`);
    return paint("yellow", `warning: ${about}`);
  });
  return [
    changesText(planned.changes, paint),
    ...warnings,
    ...(keptText(planned) ? [keptText(planned).trim()] : []),
  ].join("\n");
}

function keptText({ omitted }: ImportResult): string {
  const kept = omitted.filter(({ fate }) => fate === "kept");
  if (kept.length === 0) return "";
  const names = kept.slice(0, 5).map(({ kind, name }) => clean(`${kind} ${name.replace(" / ", "/")}`));
  const more = kept.length > names.length ? ` and ${kept.length - names.length} more` : "";
  return `\nnot in the file, and kept (--prune deletes them): ${names.join(", ")}${more}`;
}

async function convergence(client: Client, revision: number): Promise<string> {
  const { items } = await client.get<{ items: { state: string; revision: number | null }[] }>("/workers");
  const live = items.filter(({ state }) => state === "live");
  const running = live.filter((worker) => (worker.revision ?? -1) >= revision).length;
  return live.length === 0 ? " (no worker is alive)" : `, run by ${running} of ${live.length} live workers`;
}
