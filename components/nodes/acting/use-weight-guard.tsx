"use client";
import { TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { EarlyStatus } from "#components/forms/early-notes.tsx";
import { leavesNobody } from "#components/pools/early-warnings.ts";
import { useEarlyWarnings } from "#components/pools/use-early-warnings.ts";
import type { PoolView } from "#lib/contracts/views.ts";

/**
 * What the pool would be warned of with these weights; where nobody would serve it any more, its name is typed first, as
 * before everything else that leaves nobody.
 * @param weights null while one is not valid
 */
export function useWeightGuard(pool: PoolView, weights: ReadonlyMap<string, number | string> | null) {
  const t = useTranslations("forms.confirm");
  const [typed, setTyped] = useState("");
  const nodes = pool.nodes.map((node) => ({ ...node, weight: Number(weights?.get(node.id) ?? node.weight) }));
  const warnings = useEarlyWarnings(pool, weights ? { ...pool, nodes } : null);
  const isNeeded = leavesNobody(warnings);
  // Whoever has typed the name has confirmed what they typed it for: the publish need not ask the same again.
  const ofNobody = warnings.filter((warning) => leavesNobody([warning]));
  const read = ofNobody.map(({ code, path }) => `${code}:${pool.id}:${path}`);
  const part = (
    <>
      <EarlyStatus warnings={warnings} />
      {isNeeded && (
        <TextInput
          label={t("typeName", { name: pool.name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={typed !== "" && !pool.name.startsWith(typed) ? t("wrongName") : undefined}
          autoComplete="off"
        />
      )}
    </>
  );
  return { isNeeded, isArmed: !isNeeded || typed.trim() === pool.name, read, part };
}
