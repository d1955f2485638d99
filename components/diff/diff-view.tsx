"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EmptyState } from "#components/data/empty-state.tsx";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import classes from "./diff.module.css";
import { DiffEntity } from "./diff-entity.tsx";
import type { SideNames } from "./diff-fields.tsx";
import { type DiffGroup, diffGroups, searchDiff } from "./diff-groups.ts";
import { DiffToolbar } from "./diff-toolbar.tsx";
import { useDiffChoice } from "./use-diff-choice.ts";
import { useFieldWords } from "./use-field-words.ts";

/** More of a group are drawn only when they are asked for: a pool may have thousands of nodes. */
const SHOWN_AT_ONCE = 50;

type Props = {
  changes: readonly ComparedChange[];
  /** What the sides are called: `Revision 4`, `Revision 7`. */
  sides: SideNames;
  /** What can be done with one entity's differences. */
  renderAside?: (change: ComparedChange) => React.ReactNode;
};

/** Differences field by field, in groups, with search; inline or side by side. */
export function DiffView({ changes, sides, renderAside }: Props) {
  const t = useTranslations("diff");
  const choice = useDiffChoice();
  const words = useFieldWords();
  const [search, setSearch] = useState("");
  if (changes.length === 0) return <EmptyState title={t("none")} />;
  const groups = diffGroups(searchDiff(changes, search, words.label));
  return (
    <div className={classes.diff}>
      <DiffToolbar changes={changes} choice={choice} search={search} onSearch={setSearch} />
      {groups.length === 0 && <EmptyState title={t("notFound", { search })} />}
      {groups.map((group) => (
        <GroupOfChanges key={group.key} group={group}>
          {(change) => (
            <DiffEntity
              key={`${change.kind} ${change.id}`}
              change={change}
              layout={choice.layout}
              showsSame={choice.showsSame}
              sides={sides}
              words={words}
              aside={renderAside?.(change)}
            />
          )}
        </GroupOfChanges>
      ))}
    </div>
  );
}

function GroupOfChanges({
  group,
  children,
}: {
  group: DiffGroup;
  children: (change: ComparedChange) => React.ReactNode;
}) {
  const t = useTranslations("diff");
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const { kind, name, changes } = group;
  const title = kind === "pool" ? t("group.pool", { name }) : t(`group.${kind}`);
  return (
    <section className={classes.group} aria-label={title}>
      <h3 className={classes.groupTitle}>{title}</h3>
      <ul className={classes.entities}>{changes.slice(0, shown).map(children)}</ul>
      {changes.length > shown && (
        <Button variant="default" className={classes.more} onClick={() => setShown(shown + SHOWN_AT_ONCE)}>
          {t("more", { count: changes.length - shown })}
        </Button>
      )}
    </section>
  );
}
