import { ReviewPage } from "#components/changes/sets/review-page.tsx";

export default async function ChangeSet({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ReviewPage id={id} />;
}
