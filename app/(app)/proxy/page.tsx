import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ProxyPage } from "#components/proxy/proxy-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.proxy") };
}

export default function ProxySettings() {
  return <ProxyPage />;
}
