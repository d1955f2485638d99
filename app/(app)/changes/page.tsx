import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ChangesPage } from "#components/changes/changes-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.changes") };
}

export default function Changes() {
  return <ChangesPage />;
}
