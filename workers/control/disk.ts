// What the proxy processes start from when nothing else answers. Files are replaced whole: a reader, or a crash in the
// middle, sees the old content or the new, never half of it.
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { parseKnown } from "#workers/bus/messages.ts";

/** Writes `text` to `file` (mode 0600) in one step, durably. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
}

export type DiskFile<T> = { kind: "read"; value: T } | { kind: "missing" } | { kind: "unusable"; cause: unknown };

/** Reads a JSON file and parses it by its schema; never throws. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<DiskFile<T>> {
  try {
    // A newer version may have written it, whose additions this one does without.
    const { result } = parseKnown(schema, JSON.parse(await readFile(file, "utf8")));
    return result.success ? { kind: "read", value: result.data } : { kind: "unusable", cause: result.error };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { kind: "missing" };
    return { kind: "unusable", cause };
  }
}

/** Identity of this worker: read from its file, or made once and kept there. */
export async function workerIdentity(file: string): Promise<string> {
  const known = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw cause;
  });
  if (/^[0-9a-f-]{36}$/.test(known.trim())) return known.trim();
  const made = randomUUID();
  await writeAtomically(file, `${made}\n`);
  return made;
}
