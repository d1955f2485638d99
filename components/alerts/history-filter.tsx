"use client";
import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { AlertFilter } from "#lib/client/queries.ts";
import { ALERT_RULES } from "#lib/contracts/alerts.ts";
import { LabelFilter } from "./label-filter.tsx";

const LEVELS = ["1", "2", "3", "4"];

type Props = { filter: AlertFilter; onChange: (filter: AlertFilter) => void };

/** What of the history is shown, and the same as a file. */
export function HistoryFilter({ filter, onChange }: Props) {
  const t = useTranslations("alerts.filter");
  const kinds = useTranslations("notifications.rules");
  const files = useTranslations("audit.export");
  const set = (change: AlertFilter) =>
    onChange(Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)));
  const query = new URLSearchParams(filter as Record<string, string>).toString();
  return (
    <>
      <Select
        size="xs"
        aria-label={t("state")}
        value={filter.state ?? ""}
        data={[
          { value: "", label: t("anyState") },
          { value: "firing", label: t("firing") },
          { value: "resolved", label: t("resolved") },
        ]}
        onChange={(state) => set({ state: state || undefined })}
      />
      <MultiSelect
        size="xs"
        aria-label={t("levels")}
        placeholder={filter.level ? undefined : t("anyLevel")}
        value={filter.level?.split(",") ?? []}
        data={LEVELS}
        onChange={(levels) => set({ level: levels.join(",") || undefined })}
      />
      <MultiSelect
        size="xs"
        aria-label={t("kinds")}
        placeholder={filter.rule ? undefined : t("anyKind")}
        value={filter.rule?.split(",") ?? []}
        data={ALERT_RULES.map((rule) => ({ value: rule, label: kinds(rule) }))}
        onChange={(rules) => set({ rule: rules.join(",") || undefined })}
      />
      <LabelFilter label={filter.label ?? ""} onChange={(label) => set({ label: label || undefined })} />
      <TextInput
        size="xs"
        aria-label={t("text")}
        placeholder={t("text")}
        defaultValue={filter.text ?? ""}
        onBlur={(event) => set({ text: event.currentTarget.value.trim() || undefined })}
        onKeyDown={(event) => event.key === "Enter" && set({ text: event.currentTarget.value.trim() || undefined })}
      />
      {(["csv", "jsonl"] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          component="a"
          href={`/api/v1/alerts/export.${format}?${query}`}
          download
          leftSection={<IconDownload size={14} aria-hidden="true" />}
        >
          {files(format)}
        </Button>
      ))}
    </>
  );
}
