import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuditPage } from "#components/audit/audit-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.audit") };
}

export default function Audit() {
  return <AuditPage />;
}
