import type { CreatedAdmin } from "#lib/store/bootstrap-access.ts";
import { httpAddress, webAddress } from "./address.ts";
import type { Settings } from "./specs.ts";

/** Who may sign in after the very first start. A password that the operator chose is not shown. */
export function adminLines({ email, password, generated }: CreatedAdmin): string[] {
  const secret = generated ? password : "(the one in GB_ADMIN_PASSWORD)";
  return [`Sign in    ${email}`, `Password   ${secret}`, ...(generated ? ["Keep it: it is not shown again."] : [])];
}

/** What a person sees when everything serves. */
export function banner({ env }: Settings, admin: CreatedAdmin | null, tookMs: number): string {
  const { GB_PROXY_TLS_PORT: tlsPort } = env;
  const lines = [
    `Dashboard  ${webAddress(env)}`,
    `Proxy      ${httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT)}`,
    ...(tlsPort === undefined ? [] : [`Proxy TLS  ${httpAddress(env.GB_PROXY_BIND, tlsPort, "https")}`]),
    ...(admin ? adminLines(admin) : []),
  ];
  const body = lines.map((line) => `    ${line}`).join("\n");
  return `\n  Gemini Balance is ready (${(tookMs / 1000).toFixed(1)} s)\n\n${body}\n\n  Ctrl-C stops everything.\n\n`;
}
