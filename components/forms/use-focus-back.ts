"use client";
import { useEffect, useState } from "react";

/**
 * Gives the focus back to what had it when this came on screen, once it is gone again: for what is there only while it is
 * open, of which Mantine's own way takes no notice. A menu that it was chosen from is gone by then; its button stands for it.
 */
export function useFocusBack(): void {
  const [opener] = useState(openerNow);
  useEffect(
    () => () => {
      // What was focused leaves the page just now; whoever put the focus elsewhere meanwhile meant it.
      setTimeout(() => {
        if (opener?.isConnected && document.activeElement === document.body) opener.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

function openerNow(): HTMLElement | null {
  if (typeof document === "undefined") return null;
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || focused === document.body) return null;
  const menu = focused.closest("[role=menu]");
  return menu === null ? focused : document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
}
