// What control left on disk: a proxy process starts and serves from it, with neither control nor database.
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { RuntimeState, SessionsFile, sessionsOf } from "#lib/contracts/bus.ts";
import { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { PublishedConfig } from "#lib/contracts/config.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { parseKnown } from "#workers/bus/messages.ts";
import type { Log } from "./log.ts";
import type { ProxyServer } from "./proxy.ts";

/** Applies the saved configuration, runtime facts, certificates and learned sessions. A file that is missing or unusable is said so and passed over. */
export async function applySavedState(proxy: ProxyServer, dir: DataDir, log: Log): Promise<void> {
  const certificates = await readSaved(dir.certificates, CertificateSnapshot, log);
  if (certificates) proxy.tls.setCertificates(certificates);
  const runtime = await readSaved(dir.runtime, RuntimeState, log);
  if (runtime) proxy.applyRuntime(runtime);
  const config = await readSaved(dir.config, PublishedConfig, log);
  if (!config) return;
  try {
    proxy.applyConfig(config);
  } catch (cause) {
    log.error({ file: dir.config, revision: config.revision, err: cause }, "the saved configuration cannot be used");
    return;
  }
  if (runtime) proxy.applyPassive(runtime.passive);
  const sessions = await readSaved(dir.sessions, SessionsFile, log);
  for (const pool of sessions?.pools ?? []) proxy.sessions.hear(pool.poolId, sessionsOf(pool));
}

async function readSaved<T>(file: string, schema: z.ZodType<T>, log: Log): Promise<T | null> {
  try {
    // A control process of another version may have written it, in the middle of a reload.
    const { result } = parseKnown(schema, JSON.parse(await readFile(file, "utf8")));
    if (result.success) return result.data;
    throw result.error;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") log.warn({ file, err: cause }, "saved state is not usable");
    return null;
  }
}
