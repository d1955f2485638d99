// What `gb canary start` sends: a change set or an earlier revision, how it is tried, and what of its warnings was read.
import type { CanaryView } from "#lib/contracts/canary.ts";
import type { ChangeSetDetail, ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import type { Client } from "../client.ts";
import type { Context, Option } from "../command.ts";
import { UsageFailure } from "../failure.ts";
import { findNamed } from "../find.ts";
import type { Kind } from "../kinds.ts";
import { clean } from "../output.ts";
import { confirmingWarnings, mayGoOn, tellWarnings } from "../warnings.ts";
import { durationOf } from "./nodes.ts";

export const START_OPTIONS: Record<string, Option> = {
  revision: { type: "string", value: "NUMBER", help: "of start: an earlier revision instead of a change set" },
  share: { type: "string", value: "PERCENT", help: "of start: of the clients, 1 to 50 (10)" },
  by: { type: "string", value: "KEY", help: "of start: what tells clients apart: address, header:NAME or cookie:NAME" },
  for: { type: "string", value: "TIME", help: "of start: how long both are compared, such as 30m (10m)" },
  "min-requests": { type: "string", value: "COUNT", help: "of start: answers that each needs for a promotion (200)" },
  "max-success-drop": {
    type: "string",
    value: "POINTS",
    help: "of start: percentage points of success it may lose (1)",
  },
  "max-p99-ratio": { type: "string", value: "RATIO", help: "of start: how many times as long its P99 may be (1.5)" },
};

/** What is tried: of the command line, before the server is asked. */
export type Start = { revision: string } | { changeSet: string };

/** @throws {UsageFailure} */
export function startOf(context: Context, args: readonly string[]): Start {
  const revision = context.text("revision");
  const [changeSet, ...others] = args;
  if (others.length > 0) throw new UsageFailure(`unexpected argument "${others[0]}"`);
  if ((revision === undefined) === (changeSet === undefined))
    throw new UsageFailure("say which change set, by its name, or an earlier revision with --revision");
  if (revision === undefined) return { changeSet: changeSet ?? "" };
  const number = /^r?([1-9]\d{0,8})$/.exec(revision)?.[1];
  if (number === undefined) throw new UsageFailure(`"${revision}" is not the number of a revision`);
  return { revision: number };
}

/** The settings that are named; the server has the defaults, and says what is out of range. @throws {UsageFailure} */
export const settingsOf = (context: Context): object => ({
  sharePercent: numberOf(context, "share"),
  key: keyOf(context.text("by")),
  durationMs: durationOf(context.text("for"), "for"),
  minRequests: numberOf(context, "min-requests"),
  maxSuccessDropPoints: numberOf(context, "max-success-drop"),
  maxP99Ratio: numberOf(context, "max-p99-ratio"),
});

function numberOf(context: Context, option: string): number | undefined {
  const text = context.text(option);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new UsageFailure(`--${option} must be a number, not "${text}"`);
}

function keyOf(text: string | undefined): object | undefined {
  if (text === undefined) return undefined;
  if (text === "address") return { from: "client-address" };
  const [, from, name] = /^(header|cookie):(.+)$/.exec(text) ?? [];
  if (from === undefined) throw new UsageFailure(`--by must be address, header:NAME or cookie:NAME, not "${text}"`);
  return { from, name };
}

const changeSets: Kind<ChangeSetSummary> = {
  name: "change set",
  aliases: [],
  list: async (client) => (await client.get<{ items: ChangeSetSummary[] }>("/change-sets", { state: "open" })).items,
  nameOf: ({ name }) => name,
  idOf: ({ id }) => id,
  columns: () => [],
};

/** @returns null when the person says no. @throws {Failure} when there are warnings and nobody can be asked */
export async function start(context: Context, client: Client, what: Start): Promise<CanaryView | null> {
  const given = { settings: settingsOf(context), note: context.text("note") };
  if ("revision" in what) return startOfRevision(context, client, what.revision, given);
  const { id } = findNamed(changeSets, await changeSets.list(client), what.changeSet);
  const { name, version, warnings } = await client.get<ChangeSetDetail>(`/change-sets/${id}`);
  const unread = warnings.filter(({ needsConfirmation }) => needsConfirmation);
  tellWarnings(context, unread);
  if (!(await mayGoOn(context, `Try ${clean(name)} with a share of the clients?`, unread))) return null;
  // What is started is what was shown: another version, or another warning, is refused.
  return begun(client, `/change-sets/${id}/canary`, {
    ...given,
    version,
    confirm: unread.map((warning) => warning.id),
  });
}

async function startOfRevision(
  context: Context,
  client: Client,
  revision: string,
  given: object,
): Promise<CanaryView | null> {
  const path = `/revisions/${revision}/canary`;
  if (!(await mayGoOn(context, `Try revision ${revision} with a share of the clients?`, []))) return null;
  return confirmingWarnings(context, "Try it all the same?", (confirm) => begun(client, path, { ...given, confirm }));
}

const begun = async (client: Client, path: string, json: object): Promise<CanaryView> =>
  (await client.send("POST", path, { json })).body as CanaryView;
