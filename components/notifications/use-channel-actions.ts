"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useErrorText } from "#components/data/use-error-text.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { testChannel, updateChannel } from "#lib/client/mutations.ts";
import { keys } from "#lib/client/queries.ts";
import type { ChannelView } from "#lib/contracts/notifications.ts";

/** What is done to a channel without a dialog; the outcome is told in a toast. */
export function useChannelActions() {
  const t = useTranslations("notifications");
  const client = useQueryClient();
  const notify = useNotify();
  const errorText = useErrorText();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.channels });
    void client.invalidateQueries({ queryKey: keys.allDeliveries });
  };
  const test = useMutation({
    mutationFn: ({ id }: ChannelView) => testChannel(id),
    onSuccess: ({ state, lastError }, { name }) =>
      state === "delivered"
        ? notify.done(t("tested", { name }))
        : notify.problem(t("testFailed", { name }), lastError ?? t(`state.${state}`)),
    onError: (error, { name }) => notify.problem(t("testFailed", { name }), errorText(error)),
    onSettled: refresh,
  });
  const toggle = useMutation({
    mutationFn: ({ id, enabled }: ChannelView) => updateChannel(id, { enabled: !enabled }),
    onSuccess: ({ name, enabled }) => notify.done(t(enabled ? "enabled" : "disabled", { name })),
    onError: (error, { name }) => notify.failed(name, error),
    onSettled: refresh,
  });
  return { test, toggle };
}
