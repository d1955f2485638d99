"use client";
import { Kbd } from "@mantine/core";
import { useTranslations } from "next-intl";
import { Dialog } from "#components/forms/dialog.tsx";
import classes from "./palette.module.css";

const KEYS = [
  { keys: ["Ctrl", "K"], does: "palette" },
  { keys: ["/"], does: "search" },
  { keys: ["?"], does: "help" },
  { keys: ["Tab"], does: "tab" },
  { keys: ["↑", "↓"], does: "arrows" },
  { keys: ["Enter"], does: "enter" },
  { keys: ["Esc"], does: "escape" },
] as const;

/** What can be done with which keys. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const t = useTranslations("palette.keys");
  return (
    <Dialog onClose={onClose} title={t("title")} size={460}>
      <dl className={classes.keys}>
        {KEYS.map(({ keys, does }) => (
          <div key={does} className={classes.key}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key === "Ctrl" ? t("ctrl") : key}</Kbd>
              ))}
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
