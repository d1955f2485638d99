"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ComparisonView } from "#components/changes/comparison-view.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import { Conflicts } from "./conflicts.tsx";
import { EditList } from "./edit-list.tsx";
import { PublishPanel } from "./publish-panel.tsx";
import { PublishedPanel } from "./published-panel.tsx";
import { ReviewHead } from "./review-head.tsx";
import { TheirsPanel } from "./theirs-panel.tsx";
import { WarningList } from "./warning-list.tsx";

/** From what must be decided first down to the publish; of a published change set, what became of it. */
export function Review({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review");
  const changes = useTranslations("changes");
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const isOpen = detail.state === "open";
  const revision = detail.revision ?? detail.headRevision;
  const sides = isOpen
    ? { before: t("inForce", { number: detail.headRevision }), after: detail.name }
    : {
        // That of the number before may be a canary that was rolled back.
        before: changes("field.before"),
        after: changes("revisionName", { number: revision }),
      };
  const confirm = (id: string, isConfirmed: boolean) => {
    const next = new Set(confirmed);
    if (isConfirmed) next.add(id);
    else next.delete(id);
    setConfirmed(next);
  };
  return (
    <>
      <ReviewHead detail={detail} />
      {!isOpen && <PublishedPanel detail={detail} />}
      {isOpen && <Conflicts detail={detail} />}
      {isOpen && <TheirsPanel detail={detail} />}
      <Panel title={isOpen ? t("differences") : t("whatChanged")} hint={isOpen ? t("differencesHint") : undefined}>
        {isOpen && detail.operationCount === 0 ? (
          <EmptyState title={t("empty")} text={t("emptyText")} />
        ) : (
          <ComparisonView comparison={detail} sides={sides} />
        )}
      </Panel>
      {detail.operations.length > 0 && <EditList detail={detail} />}
      {isOpen && detail.warnings.length > 0 && (
        <WarningList warnings={detail.warnings} confirmed={confirmed} onConfirm={confirm} />
      )}
      {isOpen && detail.operationCount > 0 && <PublishPanel detail={detail} confirmed={confirmed} />}
    </>
  );
}
