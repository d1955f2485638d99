import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { type ChangeSetSummary, ResolveInput, type StagedOperation } from "#lib/contracts/change-sets.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { takeMine, takeTheirs } from "#lib/core/config/change-set/resolve.ts";
import { type Clash, stage } from "#lib/core/config/change-set/stage.ts";
import { authorise } from "#lib/services/access.ts";
import { editDraft, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { invalidInput, parse } from "#lib/services/parse.ts";
import type { Tx } from "#lib/store/db.ts";
import { type Head, readDocument } from "#lib/store/revisions.ts";

/**
 * Takes one side of each of the given conflicts, all or nothing. A conflict is named by what both sides are: when theirs was
 * published again meanwhile, it is another one, and must be looked at first.
 * @throws {ServiceError} `not-found`, `change-set-published` or `invalid-input` with every unknown conflict
 */
export async function resolveConflicts(actor: Actor, id: string, input: unknown): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const { resolutions } = parse(ResolveInput, input);
  const { draft, head } = await editDraft(actor, id, async (before, head, tx) => {
    let entries = before.entries;
    const { conflicts } = stage(head.document, entries);
    const faults: Fault[] = [];
    for (const [at, { conflict: name, take }] of resolutions.entries()) {
      const conflict = conflicts.find((each) => each.id === name);
      const resolved = conflict && (await resolve(tx, head, entries, conflict, take));
      if (resolved) entries = resolved;
      else faults.push({ path: ["resolutions", at], ...(conflict ? LOST : UNKNOWN) });
    }
    if (faults.length > 0) throw invalidInput(faults);
    return { entries, audit: { action: "change-set.resolve", after: { resolutions } } };
  });
  return summaryOf(draft, head);
}

const UNKNOWN = {
  code: "unknown-conflict",
  message: "there is no such conflict (any more): look at the change set again",
};
const LOST = { code: "not-kept", message: "what was removed is kept no more and cannot be made again: take theirs" };

async function resolve(
  tx: Tx,
  head: Head,
  entries: StagedOperation[],
  conflict: Clash,
  take: "mine" | "theirs",
): Promise<StagedOperation[] | null> {
  if (take === "theirs") return takeTheirs(entries, conflict);
  const base = conflict.what === "removed-by-them" ? await readDocument(tx, conflict.decidedOn) : null;
  return takeMine(head.document, entries, conflict, base && { base, newId: randomUUID });
}
