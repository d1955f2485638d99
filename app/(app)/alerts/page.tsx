import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AlertsPage } from "#components/alerts/alerts-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.alerts") };
}

export default function Alerts() {
  return <AlertsPage />;
}
