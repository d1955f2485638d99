import { CanaryPage } from "#components/changes/canary/canary-page.tsx";

export default async function Canary({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <CanaryPage id={id} />;
}
