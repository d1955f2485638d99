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

type Props = { children: React.ReactNode; className?: string | undefined };

/**
 * Around controls that the server draws and whose code may come later than that of the page: a press is never lost. It is
 * drawn again alone as the code comes, without what it holds. A `className` makes it a box of its own.
 */
export function Ready({ children, className }: Props) {
  const isReady = useIsReady();
  return (
    <div className={className} style={className === undefined ? { display: "contents" } : undefined} inert={!isReady}>
      {children}
    </div>
  );
}
