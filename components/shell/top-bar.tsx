"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { Ready } from "#components/data/ready.tsx";
import { SearchButton } from "#components/palette/search-button.tsx";
import { EditModeSwitch } from "#components/staging/edit-mode-switch.tsx";
import { LivePill } from "./live-pill.tsx";
import { Preferences } from "./preferences.tsx";
import { RevisionLine } from "./revision-line.tsx";
import classes from "./top-bar.module.css";

type Props = { title: string; parent?: { title: string; href: string }; tools?: React.ReactNode };

export function TopBar({ title, parent, tools }: Props) {
  const t = useTranslations("shell");
  return (
    <section className={classes.bar} aria-label={t("topBar")}>
      <h1 className={classes.title}>
        {parent && (
          <>
            <Link href={parent.href as Route} className={classes.parent}>
              {parent.title}
            </Link>
            <span aria-hidden="true"> / </span>
          </>
        )}
        {title}
      </h1>
      <RevisionLine />
      <span className={classes.space} />
      <Ready className={classes.tools}>
        <span className={classes.preferences}>
          <SearchButton />
        </span>
        {tools}
        <EditModeSwitch />
        <LivePill />
        <span className={classes.preferences}>
          <Preferences />
        </span>
      </Ready>
    </section>
  );
}
