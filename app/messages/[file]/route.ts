import { messagesFile } from "#lib/server/messages-file.ts";

export async function GET(_: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const file = messagesFile((await params).file);
  if (!file) return new Response(null, { status: 404 });
  return new Response(file.text, {
    headers: {
      "content-type": "application/json",
      "cache-control": file.isCurrent ? "public, max-age=31536000, immutable" : "no-store",
    },
  });
}
