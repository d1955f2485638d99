"use client";
import { useTranslations } from "next-intl";
import { OthersEdits } from "./others-edits.tsx";
import classes from "./staging.module.css";
import { useOthersEdits, useStagedChange } from "./use-change-set.ts";

/** On the page of an entity: what change sets do to it, this person's own and others'. */
export function OfEntity({ entityId, isWhole }: { entityId: string; isWhole: boolean }) {
  const t = useTranslations("staging");
  const change = useStagedChange(entityId);
  const others = useOthersEdits(entityId);
  const isRemoved = change?.change === "removed";
  if (others.length === 0 && !isWhole && !isRemoved) return null;
  return (
    <div className={classes.ofEntity}>
      <OthersEdits entityId={entityId} />
      {(isWhole || isRemoved) && (
        <p className={classes.notice} role="status">
          {t(isWhole ? "onlyStaged" : "removalStaged")}
        </p>
      )}
    </div>
  );
}
