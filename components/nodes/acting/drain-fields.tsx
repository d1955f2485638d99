"use client";
import { Checkbox } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DurationInput } from "#components/forms/duration-input.tsx";
import type { PoolView } from "#lib/contracts/views.ts";

export type DrainChoice = ReturnType<typeof useDrainChoice>;

/** How a drain goes: until when, and whether sessions may still come; at first as the pool has it. */
export function useDrainChoice(pool: Pick<PoolView, "drainTimeoutMs">) {
  const [timeoutMs, setTimeoutMs] = useState<number | string>(pool.drainTimeoutMs);
  const [keepSessions, setKeepSessions] = useState(false);
  return { timeoutMs, setTimeoutMs, keepSessions, setKeepSessions };
}

/** As the API takes it; an empty time is the pool's. */
export const drainInput = ({ timeoutMs, keepSessions }: DrainChoice) => ({
  keepSessions,
  timeoutMs: typeof timeoutMs === "number" ? timeoutMs : undefined,
});

export function DrainFields({ choice, isSticky }: { choice: DrainChoice; isSticky: boolean }) {
  const t = useTranslations("nodes.drain");
  const { timeoutMs, setTimeoutMs, keepSessions, setKeepSessions } = choice;
  return (
    <>
      <DurationInput
        label={t("cutAfter")}
        description={t(keepSessions ? "cutAfterKeepingHelp" : "cutAfterHelp")}
        value={timeoutMs}
        onChange={setTimeoutMs}
      />
      {isSticky && (
        <Checkbox
          label={t("keepSessions")}
          description={t("keepSessionsHelp")}
          checked={keepSessions}
          onChange={(event) => setKeepSessions(event.currentTarget.checked)}
        />
      )}
    </>
  );
}
