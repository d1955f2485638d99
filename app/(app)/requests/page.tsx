import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { RequestsPage } from "#components/requests/requests-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.requests") };
}

export default function Requests() {
  return <RequestsPage />;
}
