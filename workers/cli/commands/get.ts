import { type Command, countArgs, OUTPUT } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { findNamed } from "../find.ts";
import { KIND_NAMES, kindOf, type NamedNode } from "../kinds.ts";
import { asJson, asYaml, clean, formatOf, table } from "../output.ts";

export const getCommand: Command = {
  name: "get",
  usage: "KIND [NAME…]",
  summary: "List pools, nodes, routes, revisions, alerts or workers",
  description: `Kinds: ${KIND_NAMES.join(", ")}. Nodes are named pool/node. In the list of revisions * is the one in force.`,
  options: {
    ...OUTPUT,
    pool: { type: "string", short: "p", value: "POOL", help: "nodes of this pool only" },
    limit: { type: "string", value: "N", help: "of revisions and alerts, the newest so many (50)" },
    "no-headers": { type: "boolean", help: "a table without its titles" },
  },
  examples: [
    "gb get pools",
    "gb get nodes --pool payments -o wide",
    "gb get node payments/a -o yaml",
    "gb get alerts -o json",
  ],
  async run(context) {
    countArgs(context, 1, 1_000, `the kind (${KIND_NAMES.join(", ")})`);
    const [word = "", ...names] = context.args;
    const kind = kindOf(word);
    const format = formatOf(context.text("output"));
    const pool = context.text("pool");
    if (pool !== undefined && kind.name !== "node") throw new UsageFailure("--pool is for nodes");
    const all = await kind.list(await context.client(), context.text("limit"));
    const listed =
      pool === undefined
        ? all
        : all.filter((node) => (node as NamedNode).poolName.toLowerCase() === pool.toLowerCase());
    const items = names.length === 0 ? listed : names.map((name) => findNamed(kind, listed, name));
    if (format === "name") for (const item of items) context.print(clean(`${kind.name}/${kind.nameOf(item)}`));
    else if (format === "json" || format === "yaml") {
      const value = names.length === 1 ? items[0] : { items };
      context.print(format === "json" ? asJson(value) : asYaml(value));
    } else if (items.length === 0) context.note(`No ${kind.aliases[0]} found.`);
    else {
      const text = table(kind.columns(context.nowMs), items, format === "wide", context.paint);
      context.print(context.flag("no-headers") ? text.slice(text.indexOf("\n") + 1) : text);
    }
    return 0;
  },
};
