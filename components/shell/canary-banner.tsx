"use client";
import { IconFeather } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { runningCanaryQuery } from "#lib/client/canaries.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";
import { Banner, bannerClasses } from "./banner.tsx";

/** On every page while a canary runs: which one, for how long yet, and that nothing is published meanwhile. */
export function CanaryBanner() {
  const { data } = useQuery(runningCanaryQuery);
  // There before it has something to say: readers of the screen announce what comes into it.
  return <div role="status">{data && <Running canary={data} />}</div>;
}

function Running({ canary }: { canary: CanaryView }) {
  const t = useTranslations("canary.banner");
  const formats = useFormats();
  const pathname = usePathname();
  const href = `/changes/canaries/${canary.id}`;
  const leftMs = Date.parse(canary.dueAt) - useServerNow(10_000);
  return (
    <Banner tone="accent" icon={<IconFeather size={18} />}>
      <strong>
        {t("runs", {
          number: canary.revision,
          share: formats.percent(canary.settings.sharePercent / 100),
        })}
      </strong>{" "}
      {leftMs > 0 ? t("left", { time: formats.duration(leftMs) }) : t("due")} {t("refused")}
      {pathname !== href && (
        <>
          {" "}
          <Link href={href as Route} className={bannerClasses.link}>
            {t("open")}
          </Link>
        </>
      )}
    </Banner>
  );
}
