import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AlertPage } from "#components/alerts/page/alert-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("details.title") };
}

export default async function Alert({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <AlertPage id={id} />;
}
