import {
  IconAdjustments,
  IconApi,
  IconBell,
  IconCertificate,
  IconGauge,
  IconHistory,
  IconListSearch,
  IconRoute,
  IconServer2,
  IconSettings,
  IconSitemap,
  IconStack2,
  IconZoomQuestion,
} from "@tabler/icons-react";
import type { Route } from "next";

/** Pages of the sidebar; `key` names the message. The second group is set apart. */
export const NAV_GROUPS = [
  [
    { key: "overview", href: "/" as Route, Icon: IconGauge },
    { key: "pools", href: "/pools" as Route, Icon: IconStack2 },
    { key: "topology", href: "/topology" as Route, Icon: IconSitemap },
    { key: "routes", href: "/routes" as Route, Icon: IconRoute },
    { key: "proxy", href: "/proxy" as Route, Icon: IconAdjustments },
    { key: "certificates", href: "/certificates" as Route, Icon: IconCertificate },
    { key: "requests", href: "/requests" as Route, Icon: IconZoomQuestion },
    { key: "alerts", href: "/alerts" as Route, Icon: IconBell },
    { key: "changes", href: "/changes" as Route, Icon: IconHistory },
  ],
  [
    { key: "audit", href: "/audit" as Route, Icon: IconListSearch },
    { key: "system", href: "/system" as Route, Icon: IconServer2 },
    { key: "apiReference", href: "/api-reference" as Route, Icon: IconApi },
    { key: "settings", href: "/settings" as Route, Icon: IconSettings },
  ],
] as const;

/** A page is current while itself or one below it is open. */
export const isCurrent = (href: string, pathname: string): boolean =>
  href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
