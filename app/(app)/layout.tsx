import { headers } from "next/headers";
import { AppFrame } from "#components/shell/app-frame.tsx";
import { sessionName } from "#lib/server/session.ts";

export default async function SignedInLayout({ children }: { children: React.ReactNode }) {
  return <AppFrame session={sessionName(await headers())}>{children}</AppFrame>;
}
