import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNotify } from "#components/forms/use-notify.ts";
import { demoQuery } from "#lib/client/demo.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import type { DemoView } from "#lib/contracts/demo.ts";

/** Starts or removes the demo fleet. @param words when it is done, and what was tried when it is not */
export function useDemoChange(change: () => Promise<DemoView>, words: { done: string; what: string }) {
  const client = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: change,
    onSuccess: (view) => {
      client.setQueryData(demoQuery.queryKey, view);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(words.done);
    },
    onError: (error) => notify.failed(words.what, error),
  });
}
