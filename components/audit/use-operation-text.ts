"use client";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import { changedFields } from "#lib/client/json-diff.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { AuditAction } from "./audit-actions.ts";

/** Of an operation no more fields are told in a line. */
const MAX_FIELDS = 8;

/** An operation that a change set holds, in one line: what was done, and to which fields. */
export function useOperationText(): (operation: ConfigOperation) => string {
  const t = useTranslations("audit");
  const words = useFieldWords();
  const named = useTranslations("pool.settings");
  return (operation) => {
    if (operation.op === "document.replace") return t("action.revision.rollback");
    const kind = operation.op.slice(0, operation.op.indexOf(".")) as "pool" | "node" | "route" | "proxy";
    const { patch, pool, node, route } = operation as Partial<Record<"patch" | "pool" | "node" | "route", object>>;
    const fields = changedFields(null, patch ?? pool ?? node ?? route ?? null);
    const told = fields
      .slice(0, MAX_FIELDS)
      .map(({ path, after }) =>
        named("named", { label: words.label(kind, path), value: words.value(kind, path, after) }),
      );
    if (fields.length > MAX_FIELDS) told.push(t("value.moreFields", { count: fields.length - MAX_FIELDS }));
    const action = t(`action.${operation.op as AuditAction}`);
    return told.length === 0 ? action : `${action} (${told.join(", ")})`;
  };
}
