import type { HealthEvent } from "#lib/contracts/runtime.ts";
import type { PoolView, RevisionDetail, RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { changesText } from "../changes-text.ts";
import type { Client } from "../client.ts";
import { type Command, type Context, countArgs } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { findNamed, findNode } from "../find.ts";
import { kindOf, nodes, pools, routes } from "../kinds.ts";
import { age, asYaml, type Column, clean, fields, table } from "../output.ts";

export const describeCommand: Command = {
  name: "describe",
  usage: "KIND NAME",
  summary: "Tell everything of a pool, node, route or revision",
  options: {},
  examples: ["gb describe pool payments", "gb describe node payments/a", "gb describe revision 42"],
  async run(context) {
    countArgs(context, 2, 2, "KIND or NAME");
    const [word = "", name = ""] = context.args;
    const kind = kindOf(word);
    const tell = TELL[kind.name];
    if (!tell)
      throw new UsageFailure(`of ${kind.aliases[0]} there is no more to tell than gb get ${kind.aliases[0]} -o yaml`);
    context.print(await tell(await context.client(), name, context));
    return 0;
  },
};

const section = (title: string, value: unknown): string => {
  const text = typeof value === "string" ? value : asYaml(value);
  return `${title}:\n${text.replace(/^(?=.)/gm, "  ")}`;
};

type Tell = (client: Client, name: string, context: Context) => Promise<string>;
const TELL: Record<string, Tell | undefined> = {
  pool: async (client, name, { nowMs, paint }) => {
    const pool = findNamed(pools, await pools.list(client), name);
    const { id, name: itsName, description, nodes: its, routeCount, ...settings } = pool as PoolView;
    const head = fields([
      ["Name", itsName],
      ["ID", id],
      ["Description", description],
      ["Routes", String(routeCount)],
    ]);
    const rows = its.map((node) => ({ ...node, poolName: itsName }));
    const listed = rows.length === 0 ? "none" : table(nodes.columns(nowMs), rows, false, paint);
    return [head, section("Nodes", listed), section("Settings", settings)].join("\n\n");
  },
  node: async (client, name, { nowMs, paint }) => {
    const {
      id,
      poolId,
      poolName,
      name: itsName,
      url,
      status,
      statusReason,
      facts,
      ...settings
    } = await findNode(client, name);
    const events = await client.get<{ items: HealthEvent[] }>(`/nodes/${id}/events`, { limit: "10" });
    const head = fields([
      ["Name", `${poolName}/${itsName}`],
      ["ID", id],
      ["Pool", `${poolName} (${poolId})`],
      ["URL", url],
      ["Status", `${status} (${statusReason})`],
    ]);
    const told = events.items.length === 0 ? "none" : table(eventColumns(nowMs), events.items, false, paint);
    return [head, section("Settings", settings), section("Facts", facts), section("Events", told)].join("\n\n");
  },
  route: async (client, name) => {
    const route = findNamed(routes, await routes.list(client), name) as RouteView;
    const { id, name: itsName, poolName, poolId, ...settings } = route;
    const head = fields([
      ["Name", itsName || routeName(route)],
      ["ID", id],
      ["Pool", poolId === null ? "" : `${poolName} (${poolId})`],
    ]);
    return [head, section("Settings", settings)].join("\n\n");
  },
  revision: async (client, name, { nowMs, paint }) => {
    const revision = await client.get<RevisionDetail>(`/revisions/${encodeURIComponent(name.replace(/^r(?=\d)/, ""))}`);
    const head = fields([
      ["Revision", `${revision.number}${revision.isCurrent ? " (in force)" : ""}`],
      ["Published", `${revision.publishedAt} (${age(Date.parse(revision.publishedAt), nowMs)} ago)`],
      ["Author", revision.author],
      ["What", clean(`${revision.action} ${revision.target}`)],
      ["Note", revision.note],
    ]);
    return [head, `Changes:\n${changesText(revision.changes, paint) || "  none"}`].join("\n\n");
  },
};

const eventColumns = (nowMs: number): Column<HealthEvent>[] => [
  { title: "AGE", value: ({ at }) => age(Date.parse(at), nowMs) },
  { title: "FACT", value: ({ fact }) => fact },
  { title: "CHANGE", value: ({ from, to }) => `${from} -> ${to}` },
  { title: "REASON", value: ({ reason }) => reason },
];
