import type { Alert } from "#lib/contracts/alerts.ts";
import type { HealthView, PoolView, RevisionSummary } from "#lib/contracts/views.ts";
import { type Command, type Context, countArgs, DATA_OUTPUT } from "../command.ts";
import { isServing, pools } from "../kinds.ts";
import { age, asJson, asYaml, fields, formatOf } from "../output.ts";

type Status = {
  server: string;
  health: HealthView;
  revision: RevisionSummary | null;
  pools: PoolView[];
  firing: Alert[];
};

export const statusCommand: Command = {
  name: "status",
  usage: "",
  summary: "Tell how everything is: revision, workers, pools, alerts",
  options: DATA_OUTPUT,
  examples: ["gb status", "gb status -o json"],
  async run(context) {
    countArgs(context, 0, 0, "");
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    const health = await client.get<HealthView>("/health");
    const [newest, all, firing] = await Promise.all([
      client.get<{ items: RevisionSummary[] }>("/revisions", { limit: "1" }),
      pools.list(client),
      client.get<{ items: Alert[] }>("/alerts", { state: "firing", limit: "500" }),
    ]);
    const status = {
      server: client.server,
      health,
      revision: newest.items[0] ?? null,
      pools: all,
      firing: firing.items,
    };
    if (format === "json") context.print(asJson(status));
    else if (format === "yaml") context.print(asYaml(status));
    else context.print(statusText(status, context));
    return 0;
  },
};

function statusText({ server, health, revision, pools: all, firing }: Status, { nowMs }: Context): string {
  const live = health.workers.filter(({ state }) => state === "live");
  const behind = live.filter((worker) => worker.revision !== health.revision);
  const nodes = all.flatMap((pool) => pool.nodes);
  const out = nodes.filter(({ status }) => !isServing(status));
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return fields([
    ["Server", server],
    ["Database", health.status === "ok" ? "ok" : health.status],
    [
      "Revision",
      revision
        ? `${revision.number}, ${age(Date.parse(revision.publishedAt), nowMs)} ago by ${revision.author}`
        : "none yet",
    ],
    [
      "Workers",
      [
        `${live.length} live`,
        ...(health.workers.length > live.length ? [`${health.workers.length - live.length} lost`] : []),
        ...(live.length === 0 ? [] : [behind.length === 0 ? "all on it" : `${behind.length} not on it`]),
      ].join(", "),
    ],
    ["Pools", count(all.length, "pool")],
    ["Nodes", `${nodes.length - out.length} of ${nodes.length} serving`],
    ...all
      .filter((pool) => pool.nodes.some(({ status }) => !isServing(status)))
      .map((pool): [string, string] => [
        `  ${pool.name}`,
        pool.nodes
          .filter(({ status }) => !isServing(status))
          .map(({ name, status }) => `${name} ${status}`)
          .join(", "),
      ]),
    ["Alerts", firing.length === 0 ? "none" : `${firing.length} firing`],
    ...firing
      .slice(0, 10)
      .map((alert): [string, string] => [
        `  level ${alert.level}`,
        `${alert.poolName}/${alert.nodeName} ${alert.rule}`,
      ]),
  ]);
}
