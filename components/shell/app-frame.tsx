"use client";
import { Burger } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useIsReady } from "#components/data/ready.tsx";
import { WarningQuestion } from "#components/forms/warning-question.tsx";
import { PaletteKeys } from "#components/palette/palette-keys.tsx";
import { SearchIcon } from "#components/palette/search-button.tsx";
import { StagingProvider } from "#components/staging/staging-provider.tsx";
import { LiveProvider } from "#lib/client/live.tsx";
import { patiently } from "#lib/client/patiently.ts";
import { AlertSignal } from "./alert-signal.tsx";
import classes from "./app-frame.module.css";
import { Brand } from "./brand.tsx";
import { CanaryBanner } from "./canary-banner.tsx";
import { DatabaseBanner } from "./database-banner.tsx";
import { DemoBanner } from "./demo-banner.tsx";
import { RangeProvider } from "./range.tsx";
import { Sidebar } from "./sidebar.tsx";

/** Only narrow screens have it, and only when they ask for it. */
const MenuDrawer = dynamic(
  patiently(() => import("./menu-drawer.tsx").then((module) => module.MenuDrawer)),
  { ssr: false },
);

/** Sidebar beside the page; below 900 px a burger that opens it. `session`: stands for who is signed in. */
export function AppFrame({ session, children }: { session: string; children: React.ReactNode }) {
  const t = useTranslations("shell");
  const [isOpen, menu] = useDisclosure(false);
  const [wasOpened, setWasOpened] = useState(false);
  if (isOpen && !wasOpened) setWasOpened(true);
  return (
    <LiveProvider session={session}>
      <StagingProvider>
        <a className={classes.skip} href="#main">
          {t("skip")}
        </a>
        <div className={classes.frame}>
          <div className={classes.side}>
            <Sidebar
              head={
                <div className={classes.brand}>
                  <Brand />
                </div>
              }
            />
          </div>
          <Strip isOpen={isOpen} onToggle={menu.toggle} />
          <PaletteKeys />
          <WarningQuestion />
          {wasOpened && <MenuDrawer isOpen={isOpen} onClose={menu.close} />}
          <div className={classes.content}>
            <AlertSignal />
            <DatabaseBanner />
            <CanaryBanner />
            <DemoBanner />
            <RangeProvider>{children}</RangeProvider>
          </div>
        </div>
      </StagingProvider>
    </LiveProvider>
  );
}

/** What narrow screens have in place of the sidebar. */
function Strip({ isOpen, onToggle }: { isOpen: boolean; onToggle: () => void }) {
  const t = useTranslations("shell");
  const isReady = useIsReady();
  return (
    <nav className={classes.strip} aria-label={t("menu")} inert={!isReady}>
      <Burger opened={isOpen} onClick={onToggle} size="sm" aria-label={t("menu")} aria-expanded={isOpen} />
      <Brand />
      <span className={classes.search}>
        <SearchIcon />
      </span>
    </nav>
  );
}
