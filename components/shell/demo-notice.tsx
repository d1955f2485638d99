"use client";
import { IconFlask } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { GuardedButton } from "#components/forms/guarded.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { demoQuery, stopDemo } from "#lib/client/demo.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import type { DemoState, DemoView } from "#lib/contracts/demo.ts";
import { Banner } from "./banner.tsx";

/** What the demo fleet is at, and the button that takes it away with everything it made. */
export function DemoNotice({ demo }: { demo: DemoView }) {
  const t = useTranslations("shell.demo");
  const client = useQueryClient();
  const notify = useNotify();
  const removal = useMutation({
    mutationFn: stopDemo,
    onSuccess: (view) => {
      client.setQueryData(demoQuery.queryKey, view);
      for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
      notify.done(t("removed"));
    },
    onError: (error) => notify.failed(t("removing"), error),
  });
  const state = demo.state as Exclude<DemoState, "off">;
  return (
    <Banner
      tone="accent"
      icon={<IconFlask size={18} />}
      action={
        <GuardedButton
          needs="publisher"
          size="compact-xs"
          variant="default"
          loading={removal.isPending}
          onClick={() => removal.mutate()}
        >
          {t("remove")}
        </GuardedButton>
      }
    >
      <strong>{t(state)}</strong> {t(`${state}Text`)} {demo.fault}
    </Banner>
  );
}
