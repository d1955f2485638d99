"use client";
import { useTranslations } from "next-intl";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import { ChangeTag } from "./change-tag.tsx";
import classes from "./diff.module.css";
import { DiffFields, type SideNames } from "./diff-fields.tsx";
import { shortName } from "./diff-groups.ts";
import type { DiffLayout } from "./use-diff-choice.ts";
import type { FieldWords } from "./use-field-words.ts";

type Props = {
  change: ComparedChange;
  layout: DiffLayout;
  showsSame: boolean;
  sides: SideNames;
  words: FieldWords;
  /** What can be done with it, at the right end of its heading. */
  aside?: React.ReactNode;
};

/** One pool, node or route, or the proxy: what became of it, and of its fields. */
export function DiffEntity({ aside, ...props }: Props) {
  const t = useTranslations("diff");
  const { change } = props;
  return (
    <li className={classes.entity} data-change={change.change} data-entity={change.id}>
      <div className={classes.entityHead}>
        <h4 className={classes.name}>
          <ChangeTag change={change.change} />
          <span className={classes.kind}>{t(`kind.${change.kind}`)}</span>{" "}
          {change.kind === "proxy" ? "" : shortName(change)}
        </h4>
        {aside && <span className={classes.aside}>{aside}</span>}
      </div>
      <DiffFields {...props} />
    </li>
  );
}
