import type { Alert, AlertEvent } from "#lib/contracts/alerts.ts";
import { labelTexts } from "#lib/contracts/config/labels.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { textsOf } from "#lib/i18n/translate.ts";
import type { Client } from "../client.ts";
import { type Command, type Context, countArgs, OUTPUT } from "../command.ts";
import { Failure, UsageFailure } from "../failure.ts";
import { alerts } from "../kinds.ts";
import { asJson, asYaml, clean, fields, formatOf, table } from "../output.ts";

const ACTIONS = ["list", "show", "ack", "note"] as const;
type Action = (typeof ACTIONS)[number];

export const alertsCommand: Command = {
  name: "alerts",
  usage: "[list|show|ack|note] [ALERT] [TEXT]",
  summary: "List what fires, show one alert with its timeline, take it on, or add a note",
  description:
    "An alert goes by its id (gb alerts -o wide), or by the beginning of it where only one firing alert begins so. Without an action: list.",
  options: {
    ...OUTPUT,
    all: { type: "boolean", short: "a", help: "of list: those that ended, too" },
    level: { type: "string", value: "LEVELS", help: "of list: 1 to 4, several parted by commas" },
    rule: { type: "string", value: "KINDS", help: "of list: kinds of rules, parted by commas: node-ejected,latency" },
    text: { type: "string", value: "WORDS", help: "of list: within names, cause or notes" },
    label: { type: "string", short: "l", value: "LABELS", help: "of list: env=prod,team!=web,zone=~eu-.*,zone!~us-.*" },
    limit: { type: "string", value: "N", help: "of list: the newest so many (50)" },
    note: { type: "string", value: "TEXT", help: "of ack: what you are doing about it" },
  },
  examples: [
    "gb alerts",
    "gb alerts list --all --level 1,2 -o wide",
    "gb alerts list --all --label 'env=prod,zone=~eu-.*'",
    "gb alerts show 018f3c2a",
    "gb alerts ack 018f3c2a --note 'the disk is full'",
    "gb alerts note 018f3c2a 'replaced at 14:10'",
  ],
  async run(context) {
    const [word = "list", id, text] = context.args;
    const action = ACTIONS.find((each) => each === word);
    if (action === undefined) throw new UsageFailure(`"${word}" is none of ${ACTIONS.join(", ")}`);
    const wanted = { list: 0, show: 1, ack: 1, note: 2 }[action];
    countArgs({ args: context.args.slice(1) }, wanted, wanted, action === "note" && id ? "the note" : "the alert");
    const format = formatOf(context.text("output"));
    const client = await context.client();
    if (action === "list") return list(context, client, format);
    const found = await findAlert(client, id ?? "");
    const value = await act(context, client, action, found, text ?? "");
    if (format === "json" || format === "yaml") context.print(format === "json" ? asJson(value) : asYaml(value));
    else if (action === "show") context.print(told(found, (value as { events: AlertEvent[] }).events));
    else context.print(`alert/${found.id} ${action === "ack" ? "is yours" : "has your note"}`);
    return 0;
  },
};

async function list(context: Context, client: Client, format: ReturnType<typeof formatOf>): Promise<number> {
  const { items } = await client.get<{ items: Alert[] }>("/alerts", {
    limit: context.text("limit") ?? "50",
    state: context.flag("all") ? undefined : "firing",
    level: context.text("level"),
    rule: context.text("rule"),
    text: context.text("text"),
    label: context.text("label"),
  });
  if (format === "json" || format === "yaml") context.print(format === "json" ? asJson({ items }) : asYaml({ items }));
  else if (format === "name") for (const { id } of items) context.print(`alert/${id}`);
  else if (items.length === 0) context.note(context.flag("all") ? "No alerts found." : "Nothing is wrong.");
  else context.print(table(alerts.columns(context.nowMs), items, format === "wide", context.paint));
  return 0;
}

async function act(
  context: Context,
  client: Client,
  action: Exclude<Action, "list">,
  { id, ...alert }: Alert,
  note: string,
): Promise<unknown> {
  switch (action) {
    case "show": {
      const { items } = await client.get<{ items: AlertEvent[] }>(`/alerts/${id}/events`);
      return { id, ...alert, events: items };
    }
    case "ack":
      return (await client.send("POST", `/alerts/${id}/acknowledge`, { json: { note: context.text("note") } })).body;
    case "note":
      return (await client.send("POST", `/alerts/${id}/notes`, { json: { note } })).body;
  }
}

const WHOLE_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** By its id, or the beginning of that of one that fires. @throws {Failure} when there is none, or more than one */
async function findAlert(client: Client, text: string): Promise<Alert> {
  if (WHOLE_ID.test(text)) return client.get<Alert>(`/alerts/${text}`);
  const { items } = await client.get<{ items: Alert[] }>("/alerts", { state: "firing", limit: "500" });
  const [first, ...others] = items.filter(({ id }) => id.startsWith(text.toLowerCase()));
  if (first === undefined) throw new Failure(`no firing alert begins with "${text}": gb alerts -o wide lists them`);
  if (others.length > 0)
    throw new Failure(`${others.length + 1} firing alerts begin with "${text}": give more of the id`);
  return first;
}

function told(alert: Alert, events: readonly AlertEvent[]): string {
  const head = fields([
    ["Alert", alert.id],
    ["Level", String(alert.level)],
    ["Rule", `${alert.rule}${alert.ruleKey === "" ? "" : ` (${alert.ruleKey})`}`],
    ["About", [alert.poolName, alert.nodeName || alert.subjectName].filter(Boolean).join("/")],
    ["Labels", labelTexts(alert.labels).join(", ")],
    ["Reason", [alert.reason, detailText(textsOf("en").status, alert.detail)].filter(Boolean).join(": ")],
    ["State", alert.state],
    ["Fired", alert.firedAt],
    ["Ended", alert.resolvedAt === null ? "" : `${alert.resolvedAt} ${alert.endCause ?? ""}`.trim()],
    ["Taken on", alert.acknowledgedAt === null ? "" : `${alert.acknowledgedAt} by ${alert.acknowledgedBy}`],
    ["Muted", alert.muted === null ? "" : `${alert.muted.kind} ${alert.muted.name}, until ${alert.muted.until}`],
  ]);
  const lines = events.map(({ at, what, by, note }) => clean([at, what, by, note].filter(Boolean).join("  ")));
  return `${head}\n\nTimeline:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
