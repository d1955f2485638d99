"use client";
import { useTranslations } from "next-intl";
import { FoldedValue } from "#components/diff/folded-value.tsx";
import type { FieldWords } from "#components/diff/use-field-words.ts";
import { changedFields } from "#lib/client/json-diff.ts";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import { isRecord } from "#lib/core/config/same.ts";
import classes from "./review.module.css";

type Props = { kind: ConfigChange["kind"]; path: string; value: unknown; words: FieldWords };

/** One side of a conflict: a field's value, or of an entity as a whole the fields concerned; nothing means not there. */
export function ConflictValue({ kind, path, value, words }: Props) {
  const t = useTranslations("review.conflict");
  if (value === null || value === undefined) return <em>{path === "" ? t("gone") : t("unset")}</em>;
  if (path !== "" || !isRecord(value)) return <FoldedValue text={words.value(kind, path, value)} />;
  const fields = changedFields(null, value);
  if (fields.length === 0) return <em>{t("there")}</em>;
  return (
    <ul className={classes.plain}>
      {fields.map(({ path: field, after }) => (
        <li key={field}>
          {words.label(kind, field)}: <FoldedValue text={words.value(kind, field, after)} />
        </li>
      ))}
    </ul>
  );
}
