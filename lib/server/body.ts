import { ServiceError } from "#lib/contracts/problem.ts";
import { unstorableTexts } from "#lib/core/storable.ts";
import type { TextBody } from "#lib/server/endpoint.ts";
import { invalidInput } from "#lib/services/parse.ts";

const LIMIT_BYTES = 1_048_576;

/**
 * The JSON body of a request; an empty body is `{}`, so that its missing fields are named one by one.
 * @throws {ServiceError} `payload-too-large`, `unsupported-media-type`, `invalid-json`, or `invalid-input` for text that
 * no database keeps
 */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, LIMIT_BYTES);
  if (bytes.length === 0) return {};
  const type = typeOf(request);
  if (type !== "application/json" && type !== "application/merge-patch+json")
    throw new ServiceError("unsupported-media-type", "Send the body as Content-Type: application/json.");
  const input = parseJson(bytes);
  const faults = unstorableTexts(input);
  if (faults.length > 0) throw invalidInput(faults);
  return input;
}

/**
 * The body of a request as text.
 * @throws {ServiceError} `payload-too-large`, `unsupported-media-type`, or `invalid-input` for what is no UTF-8
 */
export async function readText(request: Request, types: readonly string[], maxBytes: number): Promise<TextBody> {
  const bytes = await readBytes(request, maxBytes);
  const type = typeOf(request);
  if (!types.includes(type))
    throw new ServiceError("unsupported-media-type", `Send the body as Content-Type: ${types.join(" or ")}.`);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), type };
  } catch {
    throw invalidInput([{ path: [], code: "invalid_encoding", message: "must be UTF-8" }]);
  }
}

const typeOf = (request: Request): string =>
  request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";

/** @throws {ServiceError} `payload-too-large` */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new ServiceError("payload-too-large", `A body may have at most ${limit} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const bytes = await readAtMost(request, limit);
  if (bytes === null) throw tooLarge();
  return bytes;
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
