"use client";
import { IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import classes from "./diff.module.css";

const ICONS = { added: IconPlus, removed: IconMinus, changed: IconPencil } as const;

/** Added, removed or changed: an icon, a word and a colour. `count` stands before the word. */
export function ChangeTag({ change, count }: { change: ConfigChange["change"]; count?: number }) {
  const t = useTranslations("diff");
  const Icon = ICONS[change];
  return (
    <span className={classes.tag} data-change={change}>
      <Icon size={11} aria-hidden="true" />
      {count === undefined ? t(`change.${change}`) : t(`count.${change}`, { count })}
    </span>
  );
}
