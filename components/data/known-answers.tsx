"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

type Answer = { queryKey: readonly unknown[]; data: unknown; atMs: number };

/** Puts answers that came with the page where its questions look for them, before anything below asks. */
export function KnownAnswers({ answers, children }: { answers: readonly Answer[]; children: React.ReactNode }) {
  const client = useQueryClient();
  useState(() => {
    for (const { queryKey, data, atMs } of answers)
      if (client.getQueryState(queryKey) === undefined) client.setQueryData(queryKey, data, { updatedAt: atMs });
  });
  return children;
}
