"use client";
import { IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import classes from "./changes.module.css";
import { FieldChanges } from "./field-changes.tsx";

const ICONS = { added: IconPlus, removed: IconMinus, changed: IconPencil } as const;

/** Differences between two configurations, entity by entity. */
export function ChangeList({ changes }: { changes: readonly ConfigChange[] }) {
  const t = useTranslations("changes");
  return (
    <ul className={classes.changes}>
      {changes.map((change) => {
        const Icon = ICONS[change.change];
        return (
          <li key={`${change.kind} ${change.id}`} data-change={change.change}>
            <h3 className={classes.entity}>
              <span className={classes.tag} data-change={change.change}>
                <Icon size={11} aria-hidden="true" />
                {t(`change.${change.change}`)}
              </span>
              <span className={classes.kind}>{t(`kind.${change.kind}`)}</span> {change.name}
            </h3>
            {change.fields.length > 0 && <FieldChanges fields={change.fields} />}
          </li>
        );
      })}
    </ul>
  );
}
