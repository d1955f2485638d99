"use client";
import { IconFlask } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { Ready } from "#components/data/ready.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { stopDemo } from "#lib/client/demo.ts";
import type { DemoState, DemoView } from "#lib/contracts/demo.ts";
import { Banner } from "./banner.tsx";
import { useDemoChange } from "./use-demo-change.ts";

/** What the demo fleet is at, and the button that takes it away with everything it made. */
export function DemoNotice({ demo }: { demo: DemoView }) {
  const t = useTranslations("shell.demo");
  const removal = useDemoChange(stopDemo, { done: t("removed"), what: t("removing") });
  const state = demo.state as Exclude<DemoState, "off">;
  return (
    <Banner
      tone="accent"
      icon={<IconFlask size={18} />}
      action={
        <Ready>
          <GuardedButton
            needs="publisher"
            size="compact-xs"
            variant="default"
            loading={removal.isPending}
            onClick={() => removal.mutate()}
          >
            {t("remove")}
          </GuardedButton>
        </Ready>
      }
    >
      <strong>{t(state)}</strong> {t(`${state}Text`)} {demo.fault}
    </Banner>
  );
}
