import { headers } from "next/headers";
import { KnownAnswers } from "#components/data/known-answers.tsx";
import { AppFrame } from "#components/shell/app-frame.tsx";
import { sessionName } from "#lib/server/session.ts";
import { answersOf, OF_EVERY_PAGE } from "./first-answers.ts";

export default async function SignedInLayout({ children }: { children: React.ReactNode }) {
  const [answers, session] = await Promise.all([answersOf(OF_EVERY_PAGE), headers().then(sessionName)]);
  return (
    <KnownAnswers answers={answers}>
      <AppFrame session={session}>{children}</AppFrame>
    </KnownAnswers>
  );
}
