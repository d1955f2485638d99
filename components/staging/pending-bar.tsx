"use client";
import { Button } from "@mantine/core";
import { IconClockEdit } from "@tabler/icons-react";
import type { Route } from "next";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import classes from "./staging.module.css";
import { useActiveChangeSet, useChooseChangeSet, useStagedDetail } from "./use-change-set.ts";

/** On every page while edits go into a change set: which one, how much it holds, and the way to its review. */
export function PendingBar() {
  const t = useTranslations("staging");
  const set = useActiveChangeSet();
  const detail = useStagedDetail();
  const choose = useChooseChangeSet();
  const pathname = usePathname();
  if (!set) return null;
  const href = `/changes/sets/${set.id}`;
  const conflicts = detail?.conflicts.length ?? 0;
  return (
    <section className={classes.bar} aria-label={t("bar.label")}>
      <IconClockEdit size={16} aria-hidden="true" className={classes.barIcon} />
      <span className={classes.barText} role="status">
        <strong>{set.name}</strong>
        <span>{t("bar.count", { count: set.operationCount })}</span>
        {conflicts > 0 && <span className={classes.conflicts}>{t("conflictCount", { count: conflicts })}</span>}
      </span>
      <span className={classes.barTools}>
        {pathname !== href && (
          <Button component={Link} href={href as Route} size="compact-sm">
            {t("bar.review")}
          </Button>
        )}
        <Button variant="default" size="compact-sm" onClick={() => choose(null)}>
          {t("bar.leave")}
        </Button>
      </span>
    </section>
  );
}
