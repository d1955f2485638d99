"use client";
import { Burger, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslations } from "next-intl";
import { StagingProvider } from "#components/staging/staging-provider.tsx";
import { LiveProvider } from "#lib/client/live.tsx";
import { AlertSignal } from "./alert-signal.tsx";
import classes from "./app-frame.module.css";
import { Brand } from "./brand.tsx";
import { CanaryBanner } from "./canary-banner.tsx";
import { DatabaseBanner } from "./database-banner.tsx";
import { Preferences } from "./preferences.tsx";
import { Sidebar } from "./sidebar.tsx";

/** Sidebar beside the page; below 900 px a burger that opens it. */
export function AppFrame({ children }: { children: React.ReactNode }) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const [isOpen, menu] = useDisclosure(false);
  return (
    <LiveProvider>
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
          <nav className={classes.strip} aria-label={t("menu")}>
            <Burger opened={isOpen} onClick={menu.toggle} size="sm" aria-label={t("menu")} aria-expanded={isOpen} />
            <Brand />
          </nav>
          <Drawer
            opened={isOpen}
            onClose={menu.close}
            size={260}
            title={<Brand />}
            padding="sm"
            closeButtonProps={{ "aria-label": common("close") }}
          >
            <Sidebar onNavigate={menu.close} />
            <div className={classes.drawerTools}>
              <Preferences />
            </div>
          </Drawer>
          <div className={classes.content}>
            <AlertSignal />
            <DatabaseBanner />
            <CanaryBanner />
            {children}
          </div>
        </div>
      </StagingProvider>
    </LiveProvider>
  );
}
