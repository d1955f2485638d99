"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { firingAlertsQuery } from "#lib/client/queries.ts";
import { isCurrent, NAV_GROUPS } from "./nav-items.ts";
import classes from "./sidebar.module.css";

function AlertCount() {
  const t = useTranslations("shell");
  const { data } = useQuery(firingAlertsQuery);
  if (!data || data.length === 0) return null;
  return (
    <span className={classes.count}>
      <span aria-hidden="true">{data.length}</span>
      <span className={classes.hidden}>{t("activeAlerts", { count: data.length })}</span>
    </span>
  );
}

type Props = {
  /** Stands above the links. */
  head?: React.ReactNode;
  /** Lets a drawer close itself. */
  onNavigate?: () => void;
};

/** Links to every page. */
export function Sidebar({ head, onNavigate }: Props) {
  const t = useTranslations("shell");
  const pathname = usePathname();
  return (
    <nav aria-label={t("navigation")} className={classes.nav}>
      {head}
      {NAV_GROUPS.map((group, index) => (
        <div key={group[0].key}>
          {index > 0 && <p className={classes.group}>{t("group")}</p>}
          <ul className={classes.list}>
            {group.map(({ key, href, Icon }) => (
              <li key={key}>
                <Link
                  href={href}
                  className={classes.link}
                  aria-current={isCurrent(href, pathname) ? "page" : undefined}
                  onClick={onNavigate}
                >
                  <Icon size={15} stroke={1.7} aria-hidden="true" />
                  <span className={classes.label}>{t(`nav.${key}`)}</span>
                  {key === "alerts" && <AlertCount />}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
