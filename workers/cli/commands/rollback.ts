import type { RevisionSummary } from "#lib/contracts/views.ts";
import { type Command, countArgs, DATA_OUTPUT } from "../command.ts";
import { confirm } from "../confirm.ts";
import { UsageFailure } from "../failure.ts";
import { asJson, asYaml, formatOf } from "../output.ts";
import { confirmingWarnings, confirmQuery } from "../warnings.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  usage: "REVISION",
  summary: "Publish an earlier revision again, as a new one",
  description:
    "Admin states (drain, maintenance), warm-ups and breaker orders stay as they are. What it brings that is hardly meant (no healthy\n" +
    "node left, say) is told and asked about; where nobody can be asked, that needs --yes.",
  options: {
    yes: { type: "boolean", short: "y", help: "without asking, in spite of warnings" },
    note: { type: "string", value: "TEXT", help: "kept with the revision" },
    ...DATA_OUTPUT,
  },
  examples: ["gb rollback 41", "gb rollback 41 --yes --note 'errors since 42'"],
  async run(context) {
    countArgs(context, 1, 1, "the revision's number");
    const number = /^r?([1-9]\d{0,8})$/.exec(context.args[0] ?? "")?.[1];
    if (number === undefined) throw new UsageFailure(`"${context.args[0]}" is not the number of a revision`);
    const format = formatOf(context.text("output"), ["json", "yaml"]);
    const client = await context.client();
    if (
      context.isTerminal &&
      !context.flag("yes") &&
      !(await confirm(`Roll back to revision ${number}?`, context.signal))
    ) {
      context.note("nothing was published");
      return 1;
    }
    const json = { note: context.text("note") };
    const path = `/revisions/${number}/rollback`;
    const done = await confirmingWarnings(context, "Roll back all the same?", (confirm) =>
      client.send("POST", path, { json, query: { confirm: confirmQuery(confirm) } }),
    );
    if (done === null) {
      context.note("nothing was published");
      return 1;
    }
    const { body } = done;
    const { revision } = body as RevisionSummary & { revision: number };
    if (format !== "table") context.print(format === "json" ? asJson(body) : asYaml(body));
    else context.print(`published: revision ${revision}, which is revision ${number} again`);
    return 0;
  },
};
