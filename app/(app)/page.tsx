import { OverviewPage } from "#components/overview/overview-page.tsx";
import { proxyUrl } from "#lib/server/proxy-url.ts";

export default function Overview() {
  return <OverviewPage proxyUrl={proxyUrl()} />;
}
