import { KnownAnswers } from "#components/data/known-answers.tsx";
import { PoolPage } from "#components/pools/pool-page.tsx";
import { answersOf, ofPool } from "../../first-answers.ts";

export default async function Pool({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <KnownAnswers key={id} answers={await answersOf(ofPool(id))}>
      <PoolPage poolId={id} />
    </KnownAnswers>
  );
}
