"use client";
import { IconUsers } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import classes from "./staging.module.css";
import { useOthersEdits } from "./use-change-set.ts";

/** Says that what is open here is being edited in other change sets too, and by whom: before two people meet in a conflict. */
export function OthersEdits({ entityId }: { entityId: string | undefined }) {
  const t = useTranslations("staging");
  const sets = useOthersEdits(entityId);
  if (sets.length === 0) return null;
  return (
    <div className={classes.others} role="status">
      <IconUsers size={15} aria-hidden="true" />
      <ul className={classes.plain}>
        {sets.map((set) => (
          <li key={set.id}>
            {t.rich("othersEdit", {
              who: [...new Set(set.touches.filter(({ id }) => id === entityId).flatMap(({ by }) => by))].join(", "),
              name: set.name,
              link: (name) => <Link href={`/changes/sets/${set.id}` as Route}>{name}</Link>,
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
