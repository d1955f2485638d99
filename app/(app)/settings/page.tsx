import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SettingsPage } from "#components/settings/settings-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.settings") };
}

export default function Settings() {
  return <SettingsPage />;
}
