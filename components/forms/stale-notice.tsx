"use client";
import { Button } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import { recentRevisionsQuery, revisionQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import type { RevisionDetail } from "#lib/contracts/views.ts";
import classes from "./forms.module.css";

const TOLD_REVISIONS = 5;
const TOLD_CHANGES = 6;

type Props = {
  /** Revision that the person was looking at. */
  base: number;
  /** What is edited; a new thing has none. */
  entityId?: string;
  onTakeNewest?: () => void;
  /** Publish again, on top of revision `head`. */
  onKeep: (head: number) => void;
};

/** `Weight: 5 → 3`; what came or went whole is told by its name alone. */
function useFieldsText(): (change: ConfigChange) => string {
  const t = useTranslations("staging");
  const { label, value } = useFieldWords();
  return ({ change, kind, fields }) =>
    change === "changed"
      ? fields
          .map(({ path, ...of }) =>
            t("fieldChange", {
              label: label(kind, path),
              before: value(kind, path, of.before),
              after: value(kind, path, of.after),
            }),
          )
          .join(", ")
      : "";
}

function RevisionChanges({ revision, entityId }: { revision: RevisionDetail; entityId?: string }) {
  const t = useTranslations("forms.stale");
  const formats = useFormats();
  const fieldsText = useFieldsText();
  return (
    <li>
      {t("by", { number: revision.number, author: revision.author })}, {formats.time(revision.publishedAt)}
      {revision.changes.slice(0, TOLD_CHANGES).map((change) => (
        <div key={change.id}>
          {change.name}
          {change.change === "changed" && `: ${fieldsText(change)}`}
          {change.id === entityId && <strong> ({t("here")})</strong>}
        </div>
      ))}
    </li>
  );
}

/** Somebody was faster (412): who published what since, and the choice between their values and one's own. */
export function StaleNotice({ base, entityId, onTakeNewest, onKeep }: Props) {
  const t = useTranslations("forms.stale");
  const { data: recent } = useQuery(recentRevisionsQuery);
  const since = (recent ?? []).filter((revision) => revision.number > base).slice(0, TOLD_REVISIONS);
  const details = useQueries({ queries: since.map((revision) => revisionQuery(revision.number)) });
  const known = details.flatMap(({ data }) => (data ? [data] : []));
  const head = since[0]?.number;
  if (head === undefined) return null;
  const touchesThis = known.some(({ changes }) => changes.some((change) => change.id === entityId));
  return (
    <div className={classes.notice} role="alert">
      <p className={classes.noticeTitle}>{t("title")}</p>
      <p>{t("text", { base, head })}</p>
      <p>{touchesThis ? t("touchesThis") : t("elsewhere")}</p>
      <ul className={classes.changes}>
        {known.map((revision) => (
          <RevisionChanges key={revision.number} revision={revision} entityId={entityId} />
        ))}
      </ul>
      <div className={classes.buttons}>
        {onTakeNewest && (
          <Button variant="default" onClick={onTakeNewest} title={t("newestHint")}>
            {t("newest")}
          </Button>
        )}
        <Button onClick={() => onKeep(head)} title={t("keepHint")}>
          {t("keep")}
        </Button>
      </div>
    </div>
  );
}
