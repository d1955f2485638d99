"use client";
import { startTransition, useEffect, useState, useSyncExternalStore } from "react";

/** What was told of a question (`read`) last, as a function that goes on saying so. */
type Held<T> = { read: () => T; get: () => T };

const never = () => () => {};

/**
 * What a store outside React says, drawn in short pieces between which the page answers. `useSyncExternalStore` by itself
 * draws all that changed in one task: with hundreds of nodes that is a fifth of a second of a slow machine, each second.
 * While pieces are drawn the answer stays what it was as they began: one that moved would make React draw all in one task.
 * @param subscribe always the same function for the same store
 * @param read always the same function for the same question; what it returns keeps its identity while nothing changed
 * @param onServer what stands there before the browser knows anything
 */
export function useTold<T>(subscribe: (listener: () => void) => () => void, read: () => T, onServer: () => T): T {
  const [held, hold] = useState<Held<T>>();
  useEffect(() => {
    let told = read();
    return subscribe(() => {
      const now = read();
      if (Object.is(now, told)) return;
      told = now;
      startTransition(() => hold({ read, get: () => now }));
    });
  }, [subscribe, read]);
  return useSyncExternalStore(never, held?.read === read ? held.get : read, onServer);
}
