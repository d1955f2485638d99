"use client";
import { useTranslations } from "next-intl";
import type { SideNames } from "#components/diff/diff-fields.tsx";
import { DiffView } from "#components/diff/diff-view.tsx";
import { ShareChanges } from "#components/diff/share-changes.tsx";
import type { ComparedChange, Comparison } from "#lib/contracts/comparison.ts";
import classes from "./changes.module.css";

type Props = {
  comparison: Comparison;
  sides: SideNames;
  renderAside?: (change: ComparedChange) => React.ReactNode;
};

/** Two configurations side by side: what differs, and what becomes of the nodes' shares of requests. */
export function ComparisonView({ comparison: { changes, shares }, sides, renderAside }: Props) {
  const t = useTranslations("diff.share");
  return (
    <div className={classes.comparison}>
      <DiffView changes={changes} sides={sides} renderAside={renderAside} />
      {changes.length > 0 && (
        <section aria-label={t("title")}>
          <h3 className={classes.sectionTitle}>{t("title")}</h3>
          <ShareChanges shares={shares} sides={sides} />
        </section>
      )}
    </div>
  );
}
