"use client";
import { IconClockEdit, IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { ChangeSetNameDialog } from "#components/staging/change-set-name-dialog.tsx";
import { useActiveChangeSet, useChooseChangeSet } from "#components/staging/use-change-set.ts";
import type { ChangeSetDetail } from "#lib/contracts/change-sets.ts";
import { DiscardDialog } from "./discard-dialog.tsx";
import classes from "./review.module.css";

type Open = "rename" | "discard" | null;
const ICON = { size: 14, "aria-hidden": true } as const;

/** Whose change set it is, and what can be done with it as a whole. */
export function ReviewHead({ detail }: { detail: ChangeSetDetail }) {
  const t = useTranslations("review");
  const active = useActiveChangeSet();
  const choose = useChooseChangeSet();
  const [open, setOpen] = useState<Open>(null);
  const isActive = active?.id === detail.id;
  const editors = [...new Set(detail.operations.map(({ by }) => by))];
  const tools = detail.state === "open" && (
    <>
      <GuardedButton
        needs="publisher"
        variant="default"
        leftSection={<IconClockEdit {...ICON} />}
        onClick={() => choose(isActive ? null : detail.id)}
      >
        {isActive ? t("stopCollecting") : t("collectHere")}
      </GuardedButton>
      <GuardedButton
        needs="publisher"
        variant="default"
        leftSection={<IconPencil {...ICON} />}
        onClick={() => setOpen("rename")}
      >
        {t("rename")}
      </GuardedButton>
      <GuardedButton
        needs="publisher"
        variant="default"
        leftSection={<IconTrash {...ICON} />}
        onClick={() => setOpen("discard")}
      >
        {t("discard.button")}
      </GuardedButton>
    </>
  );
  return (
    <Panel title={t(`state.${detail.state}`)} aside={tools}>
      <p className={classes.facts}>
        <span>{t("madeBy", { author: detail.author })}</span>
        {editors.length > 0 && <span>{t("editedBy", { who: editors.join(", ") })}</span>}
        <span>{t("edits", { count: detail.operationCount })}</span>
        <span>
          {t("lastEdit")} <RelativeTime at={detail.updatedAt} />
        </span>
      </p>
      {open === "rename" && <ChangeSetNameDialog set={detail} onClose={() => setOpen(null)} />}
      {open === "discard" && <DiscardDialog detail={detail} onClose={() => setOpen(null)} />}
    </Panel>
  );
}
