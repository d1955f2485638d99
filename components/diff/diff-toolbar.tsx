"use client";
import { SegmentedControl, Switch, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import { ChangeTag } from "./change-tag.tsx";
import classes from "./diff.module.css";
import { diffCounts } from "./diff-groups.ts";
import { DIFF_LAYOUTS, type DiffLayout, type useDiffChoice } from "./use-diff-choice.ts";

type Props = {
  changes: readonly ComparedChange[];
  choice: ReturnType<typeof useDiffChoice>;
  search: string;
  onSearch: (text: string) => void;
};
const CHANGES = ["added", "changed", "removed"] as const;

/** How many differences there are, and how they are shown. */
export function DiffToolbar({ changes, choice, search, onSearch }: Props) {
  const t = useTranslations("diff");
  const counts = diffCounts(changes);
  return (
    <div className={classes.toolbar}>
      <span className={classes.counts}>
        {CHANGES.map(
          (change) => counts[change] > 0 && <ChangeTag key={change} change={change} count={counts[change]} />,
        )}
      </span>
      <TextInput
        size="xs"
        type="search"
        className={classes.search}
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <Switch
        size="xs"
        label={t("showSame")}
        checked={choice.showsSame}
        onChange={(event) => choice.setShowsSame(event.currentTarget.checked)}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("layout.label")}
        value={choice.layout}
        onChange={(value) => choice.setLayout(value as DiffLayout)}
        data={DIFF_LAYOUTS.map((value) => ({ value, label: t(`layout.${value}`) }))}
      />
    </div>
  );
}
