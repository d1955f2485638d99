import { handleAuth } from "#lib/server/sign-in.ts";

export const dynamic = "force-dynamic";

export { handleAuth as GET, handleAuth as POST };
