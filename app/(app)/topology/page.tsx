import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TopologyPage } from "#components/topology/topology-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("topology"))("title") };
}

export default function Topology() {
  return <TopologyPage />;
}
