"use client";
import { useTranslations } from "next-intl";
import type { FieldChange } from "#lib/client/json-diff.ts";
import classes from "./changes.module.css";

type Props = {
  fields: readonly FieldChange[];
  /** A field as people call it; its path stays to be pointed at. */
  label: (path: string) => string;
  value: (path: string, value: unknown) => string;
};

/** Fields with what they were and what they are. */
export function FieldChanges({ fields, label, value }: Props) {
  const t = useTranslations("changes");
  return (
    <table className={classes.fields}>
      <thead>
        <tr>
          <th scope="col">{t("field.path")}</th>
          <th scope="col">{t("field.before")}</th>
          <th scope="col">{t("field.after")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ path, before, after }) => (
          <tr key={path}>
            <td className={classes.path} title={path}>
              {label(path)}
            </td>
            <td className={classes.before}>{value(path, before)}</td>
            <td className={classes.after}>{value(path, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
