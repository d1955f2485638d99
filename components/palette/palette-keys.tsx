"use client";
import { useHotkeys, useWindowEvent } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useState } from "react";
import { patiently } from "#lib/client/patiently.ts";

/** Loaded when they are asked for. */
const Palette = dynamic(
  patiently(() => import("./palette.tsx").then((module) => module.Palette)),
  { ssr: false },
);
const KeysHelp = dynamic(
  patiently(() => import("./keys-help.tsx").then((module) => module.KeysHelp)),
  { ssr: false },
);

const ASKED = "gb-palette";
export const askForPalette = (): void => void window.dispatchEvent(new Event(ASKED));

/** Keys that work on every page: the palette, the page's search, and what keys there are. */
export function PaletteKeys() {
  const [shown, setShown] = useState<"palette" | "keys" | null>(null);
  const search = () => {
    const field = document.querySelector<HTMLInputElement>('#main input[type="search"]');
    if (field) field.focus();
    else setShown("palette");
  };
  useWindowEvent(ASKED, () => setShown("palette"));
  useHotkeys([["mod+K", () => setShown("palette")]], []);
  useHotkeys([
    ["/", search],
    // With Shift on most keyboards, and without on some.
    ["shift+?", () => setShown("keys")],
    ["?", () => setShown("keys")],
  ]);
  const close = () => setShown(null);
  if (shown === "palette") return <Palette onClose={close} />;
  return shown === "keys" ? <KeysHelp onClose={close} /> : null;
}
