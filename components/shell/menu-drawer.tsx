"use client";
import { Drawer } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "./app-frame.module.css";
import { Brand } from "./brand.tsx";
import { Preferences } from "./preferences.tsx";
import { Sidebar } from "./sidebar.tsx";

/** The sidebar of narrow screens, over the page. */
export function MenuDrawer({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const common = useTranslations("common");
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      size={260}
      title={<Brand />}
      padding="sm"
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <Sidebar onNavigate={onClose} />
      <div className={classes.drawerTools}>
        <Preferences />
      </div>
    </Drawer>
  );
}
