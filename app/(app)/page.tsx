import { cookies } from "next/headers";
import { KnownAnswers } from "#components/data/known-answers.tsx";
import { OverviewPage } from "#components/overview/overview-page.tsx";
import { START_STEPS_COOKIE } from "#lib/client/start-steps.ts";
import { proxyUrl } from "#lib/server/proxy-url.ts";
import { answersOf, OF_FIRST_STEPS, OF_OVERVIEW } from "./first-answers.ts";

export default async function Overview() {
  const isPutAway = (await cookies()).get(START_STEPS_COOKIE)?.value === "done";
  const answers = await answersOf(isPutAway ? OF_OVERVIEW : [...OF_OVERVIEW, ...OF_FIRST_STEPS]);
  return (
    <KnownAnswers answers={answers}>
      <OverviewPage proxyUrl={proxyUrl()} isPutAway={isPutAway} />
    </KnownAnswers>
  );
}
