"use client";
import { useState } from "react";

export type OnDemand<T> = {
  /** Undefined until it was asked for and is there. */
  found: T | undefined;
  /** It is likely to be asked for soon: the pointer or the focus is there. */
  prepare: () => void;
  ask: () => void;
};

/** Code that comes when it is asked for. @param load the same each time, such as an `import()`; its failure is the page's */
export function useOnDemand<T>(load: () => Promise<T>): OnDemand<T> {
  const [state, setState] = useState<{ found: T }>();
  return {
    found: state?.found,
    prepare: () => void load().catch(() => {}),
    ask: () =>
      void load().then(
        (found) => setState({ found }),
        (cause: unknown) =>
          setState(() => {
            throw cause;
          }),
      ),
  };
}
