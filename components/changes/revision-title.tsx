import { useTranslations } from "next-intl";
import { isAuditAction, isImport } from "#components/audit/audit-actions.ts";
import type { RevisionSummary } from "#lib/contracts/views.ts";

/** What a revision is about: its author's words, else what it did first, in the reader's language. */
export function RevisionTitle({ revision }: { revision: Pick<RevisionSummary, "note" | "action" | "target"> }) {
  const t = useTranslations("audit.action");
  if (revision.note) return revision.note;
  if (isImport(revision.action)) return t(revision.action);
  return `${isAuditAction(revision.action) ? t(revision.action) : revision.action} ${revision.target}`.trimEnd();
}
