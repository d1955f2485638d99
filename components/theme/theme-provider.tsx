"use client";
import { MantineProvider } from "@mantine/core";
import dynamic from "next/dynamic";
import { useHadNotifications } from "#components/forms/show-notification.ts";
import { patiently } from "#lib/client/patiently.ts";
import { resolveVariables, theme } from "./theme.ts";

/** They come with the first that is told, which waits for them. */
const Notifications = dynamic(
  patiently(() => import("@mantine/notifications").then((module) => module.Notifications)),
  {
    ssr: false,
  },
);

export function ThemeProvider({ children }: { children: React.ReactNode }) {
  const hadNotifications = useHadNotifications();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      {hadNotifications && <Notifications position="bottom-right" />}
      {children}
    </MantineProvider>
  );
}
