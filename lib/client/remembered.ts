// A choice that is remembered in this browser, over visits and tabs. Storage may be forbidden (private windows, policies):
// then it lasts as long as the page.
import { useSyncExternalStore } from "react";

export type Remembered<T> = { use: () => T; read: () => T; choose: (value: T) => void };

/** @param parse of what was stored, null when nothing was; must give the very same object for the same text */
export function remembered<T>(key: string, parse: (stored: string | null) => T, text: (value: T) => string) {
  const listeners = new Set<() => void>();
  let inMemory: string | null = null;
  const read = (): T => {
    try {
      return parse(window.localStorage.getItem(key));
    } catch {
      return parse(inMemory);
    }
  };
  const choose = (value: T): void => {
    inMemory = text(value);
    try {
      window.localStorage.setItem(key, inMemory);
    } catch {
      // kept in memory
    }
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    window.addEventListener("storage", listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener("storage", listener);
    };
  };
  const atFirst = parse(null);
  return { use: () => useSyncExternalStore(subscribe, read, () => atFirst), read, choose } satisfies Remembered<T>;
}
