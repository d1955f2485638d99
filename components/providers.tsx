"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { useState } from "react";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { TimeZoneProvider } from "#lib/client/time-zone.tsx";
import { ThemeProvider } from "./theme/theme-provider.tsx";

export function Providers({ children }: { children: React.ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <NuqsAdapter>
        <TimeZoneProvider>
          <ThemeProvider>{children}</ThemeProvider>
        </TimeZoneProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}
