import { PoolPage } from "#components/pools/pool-page.tsx";

export default async function Pool({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <PoolPage poolId={id} />;
}
