"use client";
import { VisuallyHidden } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import classes from "./diff.module.css";
import { FoldedValue } from "./folded-value.tsx";
import type { DiffLayout } from "./use-diff-choice.ts";
import type { FieldWords } from "./use-field-words.ts";

export type SideNames = { before: string; after: string };
type Props = {
  change: ComparedChange;
  layout: DiffLayout;
  showsSame: boolean;
  sides: SideNames;
  words: FieldWords;
};

/** The fields of one entity: each on a line with its old and its new value, or with a column for either side. */
export function DiffFields({ change, layout, showsSame, sides, words }: Props) {
  const t = useTranslations("diff");
  const { kind, fields, name } = change;
  const same = showsSame ? change.same : [];
  if (fields.length + same.length === 0) return null;
  const isSide = layout === "side";
  const say = (path: string, value: unknown) => <FoldedValue text={words.value(kind, path, value)} />;
  return (
    <table className={classes.fields} data-layout={layout} aria-label={t("fieldsOf", { name })}>
      <colgroup>
        <col className={classes.labelColumn} />
        <col />
        {isSide && <col />}
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{t("fieldColumn")}</th>
          {isSide ? (
            <>
              <th scope="col">{sides.before}</th>
              <th scope="col">{sides.after}</th>
            </>
          ) : (
            <th scope="col">{t("changeColumn")}</th>
          )}
        </tr>
      </thead>
      <tbody>
        {fields.map(({ path, before, after }) => (
          <tr key={path} data-field={path}>
            <FieldName label={words.label(kind, path)} path={path} />
            {isSide ? (
              <>
                <td>{before !== null && <Old>{say(path, before)}</Old>}</td>
                <td>{after !== null && <New>{say(path, after)}</New>}</td>
              </>
            ) : (
              <td className={classes.lines}>
                {before !== null && <Old label={sides.before}>{say(path, before)}</Old>}
                {after !== null && <New label={sides.after}>{say(path, after)}</New>}
              </td>
            )}
          </tr>
        ))}
        {same.map(({ path, value }) => (
          <tr key={path} className={classes.same} data-field={path} data-same="true">
            <FieldName label={words.label(kind, path)} path={path} />
            <td colSpan={isSide ? 2 : 1}>
              {say(path, value)} <span className={classes.unchanged}>{t("unchanged")}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FieldName({ label, path }: { label: string; path: string }) {
  return (
    <th scope="row" className={classes.label}>
      {label}
      {label !== path && <code className={classes.path}>{path}</code>}
    </th>
  );
}

type ValueProps = { label?: string; children: React.ReactNode };

function Old({ label, children }: ValueProps) {
  return (
    <del className={classes.old}>
      <IconMinus size={12} aria-hidden="true" className={classes.sign} />
      <span>
        {label && <VisuallyHidden>{label}: </VisuallyHidden>}
        {children}
      </span>
    </del>
  );
}

function New({ label, children }: ValueProps) {
  return (
    <ins className={classes.new}>
      <IconPlus size={12} aria-hidden="true" className={classes.sign} />
      <span>
        {label && <VisuallyHidden>{label}: </VisuallyHidden>}
        {children}
      </span>
    </ins>
  );
}
