import { accepting, freePort } from "./ports.ts";
import type { Started, Workshop } from "./workshop.ts";
import { findProgram } from "./workshop.ts";

export interface HaproxyOptions {
  threads: number;
  /** Lines of `defaults`, of the frontend besides `bind`, and of the backend `nodes`. */
  defaults: string[];
  frontend: string[];
  backend: string[];
  core?: number;
}

/** Runs HAProxy in the foreground. @returns null when it is not installed */
export async function startHaproxy(
  shop: Workshop,
  options: HaproxyOptions,
): Promise<{ port: number; started: Started } | null> {
  const program = findProgram("haproxy");
  if (!program) return null;
  const port = await freePort();
  const section = (name: string, lines: string[]) => [name, ...lines.map((line) => `  ${line}`)];
  const config = shop.file(
    `haproxy-${port}.cfg`,
    `${[
      ...section("global", [`nbthread ${options.threads}`, "maxconn 10100", "no strict-limits"]),
      ...section("defaults", ["mode http", "timeout client 75s", "timeout http-keep-alive 75s", ...options.defaults]),
      ...section("frontend clients", [`bind 127.0.0.1:${port} backlog 4096`, ...options.frontend]),
      ...section("backend nodes", options.backend),
    ].join("\n")}\n`,
  );
  const started = await shop.start("haproxy", program, ["-db", "-q", "-f", config], {
    core: options.core,
    ready: "none",
  });
  await accepting(port, started);
  return { port, started };
}
