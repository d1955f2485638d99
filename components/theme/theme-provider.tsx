"use client";
import { MantineProvider } from "@mantine/core";
import dynamic from "next/dynamic";
import { patiently } from "#lib/client/patiently.ts";
import { resolveVariables, theme } from "./theme.ts";

/** They come after the page itself; what is told before that waits for them. */
const Notifications = dynamic(
  patiently(() => import("@mantine/notifications").then((module) => module.Notifications)),
  {
    ssr: false,
  },
);

export function ThemeProvider({ children }: { children: React.ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      {children}
    </MantineProvider>
  );
}
