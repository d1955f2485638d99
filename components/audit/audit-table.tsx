"use client";
import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FieldChanges } from "#components/changes/field-changes.tsx";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Time } from "#components/data/time.tsx";
import { MISSING } from "#lib/client/format.ts";
import { changedFields } from "#lib/client/json-diff.ts";
import type { AuditEntry } from "#lib/contracts/access.ts";
import classes from "./audit.module.css";
import { isAuditAction } from "./audit-actions.ts";
import { useAuditWords } from "./use-audit-words.ts";

const COLUMNS = 7;

/** What it was done to; a pool and its nodes lead to the pool's page. */
function Target({ entry: { targetKind, targetName, poolId } }: { entry: AuditEntry }) {
  if (!targetName || poolId === null || !["pool", "node"].includes(targetKind)) return targetName || MISSING;
  return (
    <Link href={`/pools/${poolId}` as Route} className={tableClasses.name}>
      {targetName}
    </Link>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const t = useTranslations("audit");
  const [isOpen, setOpen] = useState(false);
  const words = useAuditWords();
  const fields = changedFields(entry.before, entry.after);
  return (
    <>
      <tr data-action={entry.action}>
        <td>
          {fields.length > 0 && (
            <ActionIcon size="xs" aria-label={t("details")} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            </ActionIcon>
          )}
        </td>
        <td>
          <Time at={entry.at} />
        </td>
        <td>
          <b>{entry.actorName}</b> <span className={tableClasses.mute}>{t(`who.${entry.actorKind}`)}</span>
        </td>
        <td>{isAuditAction(entry.action) ? t(`action.${entry.action}`) : entry.action}</td>
        <td>
          <Target entry={entry} />
        </td>
        <td>
          {entry.revision === null ? (
            MISSING
          ) : (
            <Link href={`/changes?revision=${entry.revision}` as Route} className={tableClasses.name}>
              {entry.revision}
            </Link>
          )}
        </td>
        <td className={tableClasses.mute}>{entry.address ?? MISSING}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={COLUMNS} className={classes.details}>
            <FieldChanges
              fields={fields}
              label={(path) => words.label(entry.targetKind, path)}
              value={(path, value) => words.value(entry.targetKind, path, value)}
            />
          </td>
        </tr>
      )}
    </>
  );
}

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const t = useTranslations("audit");
  const columns: Column[] = [
    { key: "open", label: <span className={classes.hidden}>{t("details")}</span> },
    { key: "time", label: t("columns.time") },
    { key: "who", label: t("columns.who") },
    { key: "action", label: t("columns.action") },
    { key: "target", label: t("columns.target") },
    { key: "revision", label: t("columns.revision") },
    { key: "from", label: t("columns.from") },
  ];
  return (
    <DataTable label={t("list")} columns={columns}>
      {entries.map((entry) => (
        <AuditRow key={entry.id} entry={entry} />
      ))}
    </DataTable>
  );
}
