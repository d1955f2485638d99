import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PoolsPage } from "#components/pools/pools-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("pools"))("title") };
}

export default function Pools() {
  return <PoolsPage />;
}
