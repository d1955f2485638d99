"use client";
import { Button, type ButtonProps } from "@mantine/core";
import type { Role } from "#lib/contracts/roles.ts";
import { LazyTooltip } from "./lazy-tooltip.tsx";
import { useRefusal } from "./use-refusal.ts";

// Inside the main landmark, where screen readers expect what belongs to the page.
const IN_MAIN = { target: "#main" };

type GuardedButtonProps = ButtonProps & {
  needs: Role;
  onClick?: () => void;
  type?: "button" | "submit";
  "aria-label"?: string;
  children: React.ReactNode;
};

/** A button that only a role may press. Without the role it stays reachable, and says which role it needs. */
export function GuardedButton({ needs, onClick, children, ...rest }: GuardedButtonProps) {
  const refusal = useRefusal(needs);
  if (refusal === undefined)
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    );
  return (
    <LazyTooltip label={refusal} portalProps={IN_MAIN}>
      <Button {...rest} type="button" data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </LazyTooltip>
  );
}
