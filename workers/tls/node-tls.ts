// How TLS with the nodes of a pool is agreed on, made ready once: for requests and for checks alike.
import { isIP } from "node:net";
import tls from "node:tls";
import type { NodeTlsSettings } from "#lib/contracts/config.ts";

/** Of one node. */
export interface NodeTls {
  readonly settings: NodeTlsSettings;
  /** For tls.connect, besides where to and what is spoken. */
  readonly options: tls.ConnectionOptions;
}

export function nodeTls(settings: NodeTlsSettings, hostname: string): NodeTls {
  const { verify, serverName } = settings;
  // A server name is a name: RFC 6066 forbids addresses there. An address in the URL is verified all the same.
  const servername = serverName || (isIP(hostname) === 0 ? hostname : "");
  return { settings, options: { servername, rejectUnauthorized: verify, secureContext: contextOf(settings) } };
}

const MAX_CONTEXTS = 1_000;
/** By what they are made of: pools mostly agree, and every configuration has new settings objects. */
const contexts = new Map<string, tls.SecureContext>();

function contextOf({ caPem, minVersion }: NodeTlsSettings): tls.SecureContext {
  const key = `${minVersion} ${caPem}`;
  const known = contexts.get(key);
  if (known) return known;
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  const context = tls.createSecureContext({ ca: caPem === "" ? systemAuthorities() : caPem, minVersion });
  contexts.set(key, context);
  return context;
}

/** Whoever Node trusts by itself, and whoever an administrator has added to this system. */
function systemAuthorities(): string[] {
  return [...new Set([...tls.getCACertificates("default"), ...tls.getCACertificates("system")])];
}
