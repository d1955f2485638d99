"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useNotify } from "#components/forms/use-notify.ts";
import { changeSetKeys } from "#lib/client/change-sets.ts";

/** Takes something out of the active change set again; says so when that did not work. */
export function useTakeOut() {
  const t = useTranslations("staging");
  const client = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onError: (error) => notify.failed(t("takingOut"), error),
    onSettled: () => client.invalidateQueries({ queryKey: changeSetKeys.all }),
  });
}
