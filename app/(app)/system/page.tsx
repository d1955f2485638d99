import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SystemPage } from "#components/system/system-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.system") };
}

export default function System() {
  return <SystemPage />;
}
