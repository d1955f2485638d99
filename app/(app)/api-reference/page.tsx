import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ApiReferencePage } from "#components/api-reference/api-reference-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.apiReference") };
}

export default function ApiReference() {
  return <ApiReferencePage />;
}
