import {
  type LabelMatcher,
  labelMatcherText,
  parseLabelMatcher,
  splitLabelMatchers,
} from "#lib/contracts/config/labels.ts";
import type { AlertMatchers, SilenceView } from "#lib/contracts/silences.ts";
import { type Command, type Context, countArgs, OUTPUT } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { asJson, asYaml, type Column, formatOf, table } from "../output.ts";
import { durationOf } from "./nodes.ts";

const ACTIONS = ["list", "add", "end"] as const;
const LISTS = ["kind", "rule", "level", "pool", "node"] as const;

export const silenceCommand: Command = {
  name: "silence",
  usage: "[list|add|end] [SILENCE…]",
  summary: "List silences, keep alerts from being told for a while, or end a silence",
  description:
    "A silence matches by kinds, rules, levels, pools, nodes and labels: all that are named must fit, of one list any, but of labels all. It needs a reason and an end.",
  options: {
    ...OUTPUT,
    kind: { type: "string", value: "KINDS", help: "of add: node-ejected,latency" },
    rule: { type: "string", value: "KEYS", help: "of add: keys of rules" },
    level: { type: "string", value: "LEVELS", help: "of add: 1 to 4" },
    pool: { type: "string", short: "p", value: "NAMES", help: "of add: pools, with * and ?" },
    node: { type: "string", value: "NAMES", help: "of add: nodes, with * and ?" },
    label: { type: "string", short: "l", value: "LABELS", help: "of add: env=prod,team!=web,zone=~eu-.*,zone!~us-.*" },
    for: { type: "string", value: "TIME", help: "of add: until its end, such as 30m, 2h (1h)" },
    comment: { type: "string", short: "m", value: "TEXT", help: "of add: why; everybody reads it" },
    state: { type: "string", value: "STATE", help: "of list: pending, active or ended" },
  },
  examples: [
    "gb silence",
    "gb silence add --pool payments --for 2h --comment 'new disks'",
    "gb silence add --kind latency,error-rate --node 'eu-*' -m 'load test'",
    "gb silence add --label 'env=staging,team=~pay.*' -m 'moving'",
    "gb silence end 018f3c2a-0000-7000-8000-000000000001",
  ],
  async run(context) {
    const [word = "list", ...ids] = context.args;
    const action = ACTIONS.find((each) => each === word);
    if (action === undefined) throw new UsageFailure(`"${word}" is none of ${ACTIONS.join(", ")}`);
    countArgs({ args: ids }, action === "end" ? 1 : 0, action === "end" ? 100 : 0, "the silence, by its id,");
    const format = formatOf(context.text("output"));
    const input = action === "add" ? inputOf(context) : undefined;
    const client = await context.client();
    if (action === "list") {
      const { items } = await client.get<{ items: SilenceView[] }>("/silences", {
        limit: "500",
        state: context.text("state"),
      });
      print(context, items, format);
    } else if (action === "add") print(context, [await added(client, input)], format);
    else
      for (const id of ids) {
        await client.send("DELETE", `/silences/${encodeURIComponent(id)}`);
        context.print(`silence/${id} ended`);
      }
    return 0;
  },
};

const added = async (client: Awaited<ReturnType<Context["client"]>>, json: unknown): Promise<SilenceView> =>
  (await client.send("POST", "/silences", { json })).body as SilenceView;

/** @throws {UsageFailure} what the API would only refuse after it was asked */
function inputOf(context: Context): object {
  const listed = Object.fromEntries(
    LISTS.map((name) => [`${name}s`, (context.text(name) ?? "").split(",").filter((part) => part.trim() !== "")]),
  );
  const labels = labelsOf(context.text("label") ?? "");
  if ([labels, ...Object.values(listed)].every((list) => list.length === 0))
    throw new UsageFailure(`name what is to be silent: ${[...LISTS, "label"].map((name) => `--${name}`).join(", ")}`);
  const comment = context.text("comment")?.trim() ?? "";
  if (comment === "") throw new UsageFailure("--comment must say why");
  const forMs = durationOf(context.text("for"), "for") ?? 3_600_000;
  const matchers = { ...listed, levels: (listed.levels ?? []).map(Number), labels };
  return { matchers, comment, endsAt: new Date(context.nowMs + forMs).toISOString() };
}

/** @throws {UsageFailure} */
function labelsOf(text: string): LabelMatcher[] {
  return splitLabelMatchers(text).map((part) => {
    const matcher = parseLabelMatcher(part);
    if (!matcher)
      throw new UsageFailure(`--label "${part}" is none of name=value, name!=value, name=~pattern, name!~pattern`);
    return matcher;
  });
}

function print(context: Context, items: readonly SilenceView[], format: ReturnType<typeof formatOf>): void {
  if (format === "json" || format === "yaml") context.print(format === "json" ? asJson({ items }) : asYaml({ items }));
  else if (format === "name") for (const { id } of items) context.print(`silence/${id}`);
  else if (items.length === 0) context.note("No silences found.");
  else context.print(table(COLUMNS, items, format === "wide", context.paint));
}

const matchesOf = ({ matchers, unreadable }: SilenceView): string =>
  matchers === null ? `cannot be read (${unreadable}); mutes nothing` : textOf(matchers);
const textOf = (matchers: AlertMatchers): string =>
  [
    ...LISTS.map((name) => [name, matchers[`${name}s`]] as const)
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => `${name}=${list.join(",")}`),
    ...matchers.labels.map((matcher) => `label:${labelMatcherText(matcher)}`),
  ].join(" ");

const COLUMNS: Column<SilenceView>[] = [
  { title: "ID", value: ({ id }) => id },
  { title: "STATE", value: ({ state }) => state, colour: ({ state }) => (state === "active" ? "yellow" : "gray") },
  { title: "MATCHES", value: matchesOf },
  { title: "ENDS", value: ({ endsAt }) => endsAt },
  { title: "MUTES", value: ({ matching }) => String(matching) },
  { title: "BY", value: ({ createdBy }) => createdBy },
  { title: "WHY", value: ({ comment }) => comment },
];
