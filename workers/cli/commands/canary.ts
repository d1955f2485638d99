import type { ArmFigures, CanaryView } from "#lib/contracts/canary.ts";
import type { Client } from "../client.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure, UsageFailure } from "../failure.ts";
import { asJson, asYaml, type Column, type Format, fields, formatOf, table } from "../output.ts";
import { START_OPTIONS, start, startOf } from "./canary-start.ts";

const ACTIONS = ["status", "start", "promote", "abort"] as const;
type Action = (typeof ACTIONS)[number];

export const canaryCommand: Command = {
  name: "canary",
  usage: "status|start|promote|abort [CHANGE-SET]",
  summary: "Show the latest canary, start one, put it in force for everybody, or roll it back",
  description:
    "A canary is a configuration that a share of the clients uses first. It is promoted or rolled back by itself; promote and abort do so now. Start tries an open change set, or an earlier revision.",
  options: {
    ...DATA_OUTPUT,
    yes: { type: "boolean", short: "y", help: "without asking" },
    note: { type: "string", value: "TEXT", help: "kept with the canary" },
    ...START_OPTIONS,
  },
  examples: [
    "gb canary status",
    "gb canary start 'more weight' --share 5 --for 30m --by header:x-customer",
    "gb canary start --revision 41 --yes -o json",
    "gb canary promote --yes --note 'compared by hand'",
  ],
  async run(context) {
    const [word, ...args] = context.args;
    countArgs(context, 1, word === "start" ? 2 : 1, `the action (${ACTIONS.join(", ")})`);
    const action = ACTIONS.find((each) => each === word);
    if (action === undefined) throw new UsageFailure(`"${word}" is none of ${ACTIONS.join(", ")}`);
    requireOptionsOf(context, action);
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const what = action === "start" ? startOf(context, args) : null;
    const client = await context.client();
    if (what !== null) return begin(context, format, await start(context, client, what));
    const canary = await latest(client);
    if (action === "promote" || action === "abort") return end(context, client, action, canary, format);
    if (canary === undefined) context.note("No canaries found.");
    else print(context, format, canary, told(canary, context));
    return 0;
  },
};

/** @throws {UsageFailure} for an option that would be passed over */
function requireOptionsOf(context: Context, action: Action): void {
  if (action === "start") return;
  const other = Object.keys(START_OPTIONS).find((option) => context.text(option) !== undefined);
  if (other !== undefined) throw new UsageFailure(`--${other} is of start, not of ${action}`);
}

function print(context: Context, format: Format, canary: CanaryView, text: string): void {
  context.print(format === "json" ? asJson(canary) : format === "yaml" ? asYaml(canary) : text);
}

function begin(context: Context, format: Format, canary: CanaryView | null): number {
  if (canary === null) {
    context.note("nothing was started");
    return 1;
  }
  const { revision, settings, dueAt } = canary;
  print(
    context,
    format,
    canary,
    `started: ${settings.sharePercent} % of the clients use revision ${revision}; due ${dueAt}`,
  );
  return 0;
}

const latest = async (client: Client): Promise<CanaryView | undefined> =>
  (await client.get<{ items: CanaryView[] }>("/canaries", { limit: "1" })).items[0];

async function end(
  context: Context,
  client: Client,
  action: "promote" | "abort",
  canary: CanaryView | undefined,
  format: Format,
): Promise<number> {
  if (canary?.state !== "running") throw new Failure("no canary is running");
  const { id, revision, baseRevision } = canary;
  const question =
    action === "promote" ? `Put revision ${revision} in force for everybody?` : `Roll revision ${revision} back?`;
  if (context.isTerminal && !context.flag("yes") && !(await confirm(question, context.signal))) {
    context.note("the canary goes on");
    return 1;
  }
  const { body } = await client.send("POST", `/canaries/${id}/${action}`, { json: { note: context.text("note") } });
  const done =
    action === "promote"
      ? `promoted: revision ${revision} is in force`
      : `rolled back: revision ${baseRevision} is in force`;
  print(context, format, body as CanaryView, done);
  return 0;
}

function told(canary: CanaryView, { paint }: Context): string {
  const { evidence, settings } = canary;
  const facts: [string, string][] = [
    ["Revision", `${canary.revision} (compared with ${canary.baseRevision})`],
    ["State", `${canary.state}: ${canary.reason}${canary.detail ? ` (${canary.detail})` : ""}`],
    ["Share", `${settings.sharePercent} %`],
    ["Started", `${canary.startedAt} by ${canary.startedBy}`],
    canary.endedAt === null ? ["Due", canary.dueAt] : ["Ended", `${canary.endedAt} by ${canary.endedBy ?? "itself"}`],
    ["Sample", `${Math.min(evidence.control.answered, evidence.canary.answered)} of ${settings.minRequests}`],
  ];
  const rows = (["control", "canary"] as const).map((arm) => ({ arm, ...evidence[arm] }));
  return `${fields(facts)}\n\n${table(COLUMNS, rows, false, paint)}`;
}

const figure = (value: number | null, digits: number, factor = 1): string =>
  value === null ? "" : (value * factor).toFixed(digits);
const COLUMNS: Column<ArmFigures & { arm: string }>[] = [
  { title: "ARM", value: ({ arm }) => arm },
  { title: "REQUESTS", value: ({ requests }) => String(requests) },
  { title: "ANSWERED", value: ({ answered }) => String(answered) },
  { title: "SUCCESS %", value: ({ successRatio }) => figure(successRatio, 2, 100) },
  { title: "P50 MS", value: ({ p50Ms }) => figure(p50Ms, 1) },
  { title: "P99 MS", value: ({ p99Ms }) => figure(p99Ms, 1) },
];
