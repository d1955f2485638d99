import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AlertsPage } from "#components/alerts/alerts-page.tsx";
import { Id } from "#lib/contracts/common.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.alerts") };
}

/** `?alert=` is how messages of earlier versions lead to one alert. */
export default async function Alerts({ searchParams }: { searchParams: Promise<{ alert?: string | string[] }> }) {
  const id = Id.safeParse((await searchParams).alert);
  if (id.success) redirect(`/alerts/${id.data}` as Route);
  return <AlertsPage />;
}
