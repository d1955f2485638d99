"use client";
import { IconClockEdit } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import classes from "./staging.module.css";
import { useActiveChangeSet, useStagedChange } from "./use-change-set.ts";

/** Says that a form shows staged values, not those in force, and where they are reviewed. */
export function StagedNotice({ entityId }: { entityId: string }) {
  const t = useTranslations("staging");
  const set = useActiveChangeSet();
  const change = useStagedChange(entityId);
  if (!set || !change) return null;
  return (
    <div className={classes.notice} role="status">
      <IconClockEdit size={15} aria-hidden="true" />
      <span>
        {t.rich(change.change === "removed" ? "noticeRemoved" : "notice", {
          count: change.fields.length,
          name: set.name,
          link: (name) => <Link href={`/changes/sets/${set.id}` as Route}>{name}</Link>,
        })}
      </span>
    </div>
  );
}
