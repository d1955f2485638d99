import type { MetricPoint, MetricSeries } from "#lib/contracts/metrics.ts";
import { type Command, countArgs, DATA_OUTPUT } from "../command.ts";
import { findNamed } from "../find.ts";
import { nodes, pools } from "../kinds.ts";
import { asJson, asYaml, type Column, formatOf, table } from "../output.ts";

const RANGE_MS = 60_000;
type Row = { name: string; figures: Partial<MetricPoint> };

export const topCommand: Command = {
  name: "top",
  usage: "[POOL]",
  summary: "Show the traffic of pools, or of one pool's nodes",
  description: "As last measured, within the last minute. What was not measured is -, never 0.",
  options: DATA_OUTPUT,
  examples: ["gb top", "gb top payments"],
  async run(context) {
    countArgs(context, 0, 1, "");
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    const all = await pools.list(client);
    const [name] = context.args;
    const subjects =
      name === undefined
        ? all.map((pool) => ({ scope: "pool", id: pool.id, name: pool.name }))
        : findNamed(pools, all, name).nodes.map((node) => ({ scope: "node", id: node.id, name: node.name }));
    const rows: Row[] = [];
    // A few at a time: a fleet has many nodes, and this is no benchmark.
    for (let at = 0; at < subjects.length; at += 8)
      rows.push(
        ...(await Promise.all(
          subjects.slice(at, at + 8).map(async (subject): Promise<Row> => {
            const query = { scope: subject.scope, id: subject.id, rangeMs: String(RANGE_MS) };
            const { points } = await client.get<MetricSeries>("/metrics", query);
            return { name: subject.name, figures: points.findLast((point) => point.requestsPerSecond !== null) ?? {} };
          }),
        )),
      );
    if (format === "json" || format === "yaml") context.print(format === "json" ? asJson(rows) : asYaml(rows));
    else if (rows.length === 0) context.note(`No ${name === undefined ? pools.aliases[0] : nodes.aliases[0]} found.`);
    else context.print(table(COLUMNS, rows, false, context.paint));
    return 0;
  },
};

const figure = (value: number | null | undefined, digits: number, factor = 1): string =>
  value === null || value === undefined ? "" : (value * factor).toFixed(digits);
const COLUMNS: Column<Row>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "REQUESTS/S", value: ({ figures }) => figure(figures.requestsPerSecond, 1) },
  { title: "SUCCESS %", value: ({ figures }) => figure(figures.successRatio, 2, 100) },
  { title: "P50 MS", value: ({ figures }) => figure(figures.p50Ms, 1) },
  { title: "P99 MS", value: ({ figures }) => figure(figures.p99Ms, 1) },
  { title: "IN FLIGHT", value: ({ figures }) => figure(figures.inFlight, 0) },
  { title: "QUEUED", value: ({ figures }) => figure(figures.queued, 0) },
];
