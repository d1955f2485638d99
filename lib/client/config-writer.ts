// Edits of configuration, as forms send them: published at once, each as a revision of its own, or into a change set.
import type { z } from "zod";
import type { NodeInput, Patch, PoolCreate, RouteInput } from "#lib/contracts/config.ts";
import type { ToldWarnings } from "#lib/contracts/publishing.ts";
import { call } from "./api.ts";
import { confirming } from "./warning-question.ts";

/** What every mutation of configuration answers at least. In a change set the revision is the one still in force. */
export type Changed = { id: string; revision: number };

export type ConfigWriter = ReturnType<typeof configWriter>;

/** Null also for what cannot be read: the edit is published, whatever was to be said of it. */
export function warningsIn(headers: Headers): ToldWarnings | null {
  const text = headers.get("gb-warnings");
  if (text === null) return null;
  try {
    const told: ToldWarnings = JSON.parse(text);
    return Array.isArray(told.warnings) ? told : null;
  } catch {
    return null;
  }
}

/**
 * `ifMatch` is the revision that the person was looking at; the API refuses with `stale-revision` if there is a newer one.
 * What brings warnings is sent once the person has read them (warning-question.ts).
 * @param changeSet id of the one that edits go into; none: they are published at once
 * @param onWarnings told what an edit that was published brought about
 */
export function configWriter(changeSet?: string, onWarnings: (told: ToldWarnings) => void = () => {}) {
  type Edit = { method: string; body?: unknown; ifMatch?: number; onHeaders?: (headers: Headers) => void };
  /** @param isTold unless the person has just read them: what it brought about */
  const send = <T>(path: string, { onHeaders, ...edit }: Edit, isTold = true) =>
    confirming((confirm) =>
      call<T>(path, {
        ...edit,
        query: { changeSet, confirm },
        onHeaders: (headers) => {
          const told = warningsIn(headers);
          if (told && isTold && confirm === undefined) onWarnings(told);
          onHeaders?.(headers);
        },
      }),
    );
  const post = (path: string, body: unknown, ifMatch?: number) =>
    send<Changed>(path, { method: "POST", body, ifMatch });
  const patch = (path: string, body: Patch, ifMatch?: number) =>
    send<Changed>(path, { method: "PATCH", body, ifMatch });
  /** @returns the revision that it made; null when it says none */
  const remove = async (path: string): Promise<number | null> => {
    let revision: number | null = null;
    const onHeaders = (headers: Headers) => {
      revision = Number(headers.get("gb-revision")) || null;
    };
    await send<unknown>(path, { method: "DELETE", onHeaders });
    return revision;
  };
  return {
    // That a new pool has no nodes or route yet is nothing to be told: its page says so.
    createPool: (pool: z.input<typeof PoolCreate>, ifMatch?: number) =>
      send<Changed>("/pools", { method: "POST", body: pool, ifMatch }, false),
    updatePool: (id: string, change: Patch, ifMatch?: number) => patch(`/pools/${id}`, change, ifMatch),
    deletePool: (id: string) => remove(`/pools/${id}`),
    createNode: (poolId: string, node: z.input<typeof NodeInput>, ifMatch?: number) =>
      post(`/pools/${poolId}/nodes`, node, ifMatch),
    updateNode: (id: string, change: Patch, ifMatch?: number) => patch(`/nodes/${id}`, change, ifMatch),
    deleteNode: (id: string) => remove(`/nodes/${id}`),
    createRoute: (route: z.input<typeof RouteInput>, ifMatch?: number) => post("/routes", route, ifMatch),
    updateRoute: (id: string, change: Patch, ifMatch?: number) => patch(`/routes/${id}`, change, ifMatch),
    deleteRoute: (id: string) => remove(`/routes/${id}`),
    /** The proxy has no id: what comes back is all of its settings. */
    updateProxySettings: (change: Patch, ifMatch?: number) =>
      send<{ revision: number }>("/proxy-settings", { method: "PATCH", body: change, ifMatch }),
  };
}
