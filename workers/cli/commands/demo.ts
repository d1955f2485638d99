import type { DemoRefusal, DemoState, DemoView } from "#lib/contracts/demo.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure, UsageFailure } from "../failure.ts";
import { age, asJson, asYaml, type Format, fields, formatOf } from "../output.ts";

const ACTIONS = ["status", "start", "stop"] as const;

export const demoCommand: Command = {
  name: "demo",
  usage: "[status|start|stop]",
  summary: "Show the demo fleet, start it, or remove it with everything it made",
  description:
    "Sample pools with nodes and traffic of their own, which a worker runs beside the real ones. Start and stop publish a revision each; where it is as wanted, nothing happens.",
  options: { ...DATA_OUTPUT, yes: { type: "boolean", short: "y", help: "of stop: without asking" } },
  examples: ["gb demo", "gb demo start", "gb demo stop --yes", "gb demo status -o json"],
  async run(context) {
    countArgs(context, 0, 1, "");
    const [word = "status"] = context.args;
    const action = ACTIONS.find((each) => each === word);
    if (action === undefined) throw new UsageFailure(`"${word}" is none of ${ACTIONS.join(", ")}`);
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    if (action === "stop" && !(await isMeant(context))) return 1;
    const demo =
      action === "status"
        ? await client.get<DemoView>("/demo")
        : ((await client.send("POST", `/demo/${action}`, { json: {} })).body as DemoView);
    print(context, format, demo);
    return 0;
  },
};

async function isMeant(context: Context): Promise<boolean> {
  if (context.flag("yes")) return true;
  if (!context.isTerminal)
    throw new Failure("this removes pools, nodes and routes, and nobody can be asked: say --yes, if you mean it");
  if (await confirm("Remove the demo's pools, nodes and routes?", context.signal)) return true;
  context.note("the demo stays");
  return false;
}

function print(context: Context, format: Format, demo: DemoView): void {
  context.print(format === "json" ? asJson(demo) : format === "yaml" ? asYaml(demo) : told(demo, context));
}

const STATES: Record<DemoState, string> = {
  off: "off",
  starting: "starting",
  running: "running",
  away: "away: its nodes do not run",
  bare: "bare: its nodes run, but somebody removed its pools; start brings them back",
  left: "left: its pools are there without it; stop removes them",
};
const REFUSALS: Record<DemoRefusal, string> = {
  "turned-off": "it is turned off here (GB_DEMO=off)",
  "no-worker": "no worker is alive that could run its nodes",
  "several-hosts": "workers run on several hosts, all but one of which could not reach its nodes",
  "npm-demo": "npm run demo shows the same fleet, or left its pools behind",
};

function told(demo: DemoView, { nowMs }: Context): string {
  const { state, startedAt, startedBy, host, fault, pools, refusal } = demo;
  return fields([
    ["State", STATES[state]],
    ...(startedAt === null
      ? []
      : [["Started", `${age(Date.parse(startedAt), nowMs)} ago by ${startedBy ?? "somebody"}`] as const]),
    ...(host === null ? [] : [["Host", host] as const]),
    ...(fault === null ? [] : [["Fault", fault] as const]),
    ...(pools.length === 0 ? [] : [["Pools", pools.map(({ name }) => name).join(", ")] as const]),
    ...(state === "off" && refusal !== null ? [["Cannot start", REFUSALS[refusal]] as const] : []),
  ]);
}
