"use client";
import { useSyncExternalStore } from "react";

const subscribeToNothing = () => () => {};

/** False in what the server drew, until the code that answers to a press has taken it over. */
export const useIsReady = (): boolean =>
  useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );

/** Around controls that the server draws and whose code may come later than that of the page: a press is never lost. */
export function Ready({ children }: { children: React.ReactNode }) {
  const isReady = useIsReady();
  return (
    <div style={{ display: "contents" }} inert={!isReady}>
      {children}
    </div>
  );
}
