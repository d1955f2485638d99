"use client";
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { useTellWarnings } from "#components/forms/use-tell-warnings.tsx";
import {
  changeSetQuery,
  openChangeSetsQuery,
  stagedPoolsQuery,
  stagedProxyQuery,
  stagedRoutesQuery,
} from "#lib/client/change-sets.ts";
import { type ConfigWriter, configWriter } from "#lib/client/config-writer.ts";
import { meQuery } from "#lib/client/queries.ts";
import { remembered } from "#lib/client/remembered.ts";
import type { ChangeSetDetail, ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import type { ProxySettings } from "#lib/contracts/config.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";

/** Person → change set that their edits go into. Several people may share one browser. */
type Choices = Readonly<Record<string, string>>;
const NOTHING: Choices = {};
let parsed: { text: string; choices: Choices } = { text: "", choices: NOTHING };
const choices = remembered<Choices>("gb_change_set", parseChoices, JSON.stringify);

function parseChoices(text: string | null): Choices {
  if (text === null) return NOTHING;
  if (parsed.text !== text) {
    const value: unknown = JSON.parse(text);
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    parsed = { text, choices: isMap ? (value as Choices) : NOTHING };
  }
  return parsed.choices;
}

type Staging = {
  /** Where this person's edits go: into a change set, or published at once (null). */
  set: ChangeSetSummary | null;
  /** What that comes to; undefined until it is read. */
  detail: ChangeSetDetail | undefined;
  changeOf: ReadonlyMap<string, ComparedChange>;
};
const NO_CHANGES: ReadonlyMap<string, ComparedChange> = new Map();
const AT_ONCE: Staging = { set: null, detail: undefined, changeOf: NO_CHANGES };
/** Read once for the whole page: every row of a table asks for it. */
export const StagingContext = createContext<Staging>(AT_ONCE);

/** What `StagingContext` holds. */
export function useStagingValue(): Staging {
  const me = useQuery(meQuery).data?.name;
  const id = choices.use()[me ?? ""];
  const open = useQuery({ ...openChangeSetsQuery, enabled: id !== undefined }).data;
  // Published or discarded meanwhile, by whomever: edits do not go there any more.
  const set = open?.find((each) => each.id === id) ?? null;
  const { data } = useQuery({ ...changeSetQuery(set?.id ?? ""), enabled: set !== null });
  const detail = set === null ? undefined : data;
  return useMemo(
    () => ({
      set,
      detail,
      changeOf: detail ? new Map(detail.changes.map((change) => [change.id, change])) : NO_CHANGES,
    }),
    [set, detail],
  );
}

export const useActiveChangeSet = (): ChangeSetSummary | null => useContext(StagingContext).set;
export const useStagedDetail = (): ChangeSetDetail | undefined => useContext(StagingContext).detail;
/** The difference that the active change set makes of one entity. */
export const useStagedChange = (entityId: string): ComparedChange | undefined =>
  useContext(StagingContext).changeOf.get(entityId);

export function useChooseChangeSet(): (id: string | null) => void {
  const me = useQuery(meQuery).data?.name;
  return (id) => {
    if (me === undefined) return;
    const { [me]: _, ...others } = choices.read();
    choices.choose(id === null ? others : { ...others, [me]: id });
  };
}

/** Configuration as the active change set would make it: what forms go on from. */
export function useStagedPools(): PoolView[] | undefined {
  const id = useActiveChangeSet()?.id;
  const { data } = useQuery({ ...stagedPoolsQuery(id ?? ""), enabled: id !== undefined });
  return id === undefined ? undefined : data;
}
export function useStagedRoutes(): RouteView[] | undefined {
  const id = useActiveChangeSet()?.id;
  const { data } = useQuery({ ...stagedRoutesQuery(id ?? ""), enabled: id !== undefined });
  return id === undefined ? undefined : data;
}
export function useStagedProxy(): ProxySettings | undefined {
  const id = useActiveChangeSet()?.id;
  const { data } = useQuery({ ...stagedProxyQuery(id ?? ""), enabled: id !== undefined });
  return id === undefined ? undefined : data;
}

/** Sends edits where this person's go: published at once, or into their change set. */
export function useConfigWriter(): ConfigWriter {
  const id = useActiveChangeSet()?.id;
  const warn = useTellWarnings();
  return useMemo(() => configWriter(id, warn), [id, warn]);
}

/** What others have in their open change sets of one entity: sets other than the active one. */
export function useOthersEdits(entityId: string | undefined): ChangeSetSummary[] {
  const active = useActiveChangeSet();
  const mayRead = useRefusal("viewer") === undefined;
  const open = useQuery({ ...openChangeSetsQuery, enabled: mayRead && entityId !== undefined }).data ?? [];
  return open.filter((set) => set.id !== active?.id && set.touches.some(({ id }) => id === entityId));
}
