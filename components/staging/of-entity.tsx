"use client";
import { useTranslations } from "next-intl";
import { OthersEdits } from "./others-edits.tsx";
import classes from "./staging.module.css";
import { useStagedChange } from "./use-change-set.ts";

/** On the page of an entity: what change sets do to it, this person's own and others'. */
export function OfEntity({ entityId, isWhole }: { entityId: string; isWhole: boolean }) {
  const t = useTranslations("staging");
  const change = useStagedChange(entityId);
  return (
    <>
      <OthersEdits entityId={entityId} />
      {(isWhole || change?.change === "removed") && (
        <p className={classes.notice} role="status">
          {t(isWhole ? "onlyStaged" : "removalStaged")}
        </p>
      )}
    </>
  );
}
