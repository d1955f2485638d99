import { ServiceError } from "#lib/contracts/problem.ts";
import { unstorableTexts } from "#lib/core/storable.ts";
import { invalidInput } from "#lib/services/parse.ts";

const LIMIT_BYTES = 1_048_576;

/**
 * The JSON body of a request; an empty body is `{}`, so that its missing fields are named one by one.
 * @throws {ServiceError} `payload-too-large`, `unsupported-media-type`, `invalid-json`, or `invalid-input` for text that
 * no database keeps
 */
export async function readJson(request: Request): Promise<unknown> {
  const tooLarge = () => new ServiceError("payload-too-large", `A body may have at most ${LIMIT_BYTES} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > LIMIT_BYTES) throw tooLarge();
  const bytes = await readAtMost(request, LIMIT_BYTES);
  if (bytes === null) throw tooLarge();
  if (bytes.length === 0) return {};
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && type !== "application/merge-patch+json")
    throw new ServiceError("unsupported-media-type", "Send the body as Content-Type: application/json.");
  const input = parseJson(bytes);
  const faults = unstorableTexts(input);
  if (faults.length > 0) throw invalidInput(faults);
  return input;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ServiceError("invalid-json", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The body's bytes, or null as soon as there are more than `limit`: the rest is not read. */
async function readAtMost(request: Request, limit: number): Promise<Uint8Array | null> {
  if (!request.body) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    pieces.push(value);
  }
}
