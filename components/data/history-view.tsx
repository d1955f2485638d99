"use client";
import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { QueryView } from "./query-view.tsx";
import classes from "./states.module.css";

type Page<T> = { items: T[]; nextCursor: string | null };
type Props<T> = {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  children: (items: T[]) => React.ReactNode;
};

/** The pages of a history read so far, and a button for older ones. */
export function HistoryView<T>({ query, children }: Props<T>) {
  const t = useTranslations("common");
  return (
    <QueryView query={query}>
      {(data) => (
        <>
          {children(data.pages.flatMap((page) => page.items))}
          {query.hasNextPage && (
            <div className={classes.more}>
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("loadMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </QueryView>
  );
}
