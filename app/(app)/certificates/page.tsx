import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CertificatesPage } from "#components/certificates/certificates-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell"))("nav.certificates") };
}

export default function Certificates() {
  return <CertificatesPage />;
}
