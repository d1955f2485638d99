"use client";
import { Button } from "@mantine/core";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import classes from "./message-page.module.css";

/** A page that only says something: no such page, or one that failed. */
export function MessagePage({ title, text, onRetry }: { title: string; text: string; onRetry?: () => void }) {
  const t = useTranslations("errors.notFound");
  const common = useTranslations("common");
  return (
    <main id="main" className={classes.page}>
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.text}>{text}</p>
      <div className={classes.ways}>
        {onRetry && <Button onClick={onRetry}>{common("retry")}</Button>}
        <Button variant="default" component={Link} href={"/" as Route}>
          {t("home")}
        </Button>
      </div>
    </main>
  );
}
