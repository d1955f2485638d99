import type { ArmFigures, CanaryView } from "#lib/contracts/canary.ts";
import type { Client } from "../client.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure, UsageFailure } from "../failure.ts";
import { asJson, asYaml, type Column, fields, formatOf, table } from "../output.ts";

const ACTIONS = ["status", "promote", "abort"] as const;
type Action = (typeof ACTIONS)[number];

export const canaryCommand: Command = {
  name: "canary",
  usage: "status|promote|abort",
  summary: "Show the latest canary, put it in force for everybody, or roll it back",
  description:
    "A canary is a configuration that a share of the clients uses first. It is promoted or rolled back by itself; promote and abort do so now.",
  options: {
    ...DATA_OUTPUT,
    yes: { type: "boolean", short: "y", help: "without asking" },
    note: { type: "string", value: "TEXT", help: "kept with the canary" },
  },
  examples: ["gb canary status", "gb canary status -o json", "gb canary promote --yes --note 'compared by hand'"],
  async run(context) {
    countArgs(context, 1, 1, `the action (${ACTIONS.join(", ")})`);
    const action = ACTIONS.find((each) => each === context.args[0]);
    if (action === undefined) throw new UsageFailure(`"${context.args[0]}" is none of ${ACTIONS.join(", ")}`);
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    const canary = await latest(client);
    if (action !== "status") return end(context, client, action, canary);
    if (canary === undefined) context.note("No canaries found.");
    else if (format !== "table") context.print(format === "json" ? asJson(canary) : asYaml(canary));
    else context.print(told(canary, context));
    return 0;
  },
};

const latest = async (client: Client): Promise<CanaryView | undefined> =>
  (await client.get<{ items: CanaryView[] }>("/canaries", { limit: "1" })).items[0];

async function end(
  context: Context,
  client: Client,
  action: Exclude<Action, "status">,
  canary: CanaryView | undefined,
): Promise<number> {
  if (canary?.state !== "running") throw new Failure("no canary is running");
  const { id, revision, baseRevision } = canary;
  const question =
    action === "promote" ? `Put revision ${revision} in force for everybody?` : `Roll revision ${revision} back?`;
  if (context.isTerminal && !context.flag("yes") && !(await confirm(question, context.signal))) {
    context.note("the canary goes on");
    return 1;
  }
  await client.send("POST", `/canaries/${id}/${action}`, { json: { note: context.text("note") } });
  const done =
    action === "promote"
      ? `promoted: revision ${revision} is in force`
      : `rolled back: revision ${baseRevision} is in force`;
  context.print(done);
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
