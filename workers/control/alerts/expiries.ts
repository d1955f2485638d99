import { X509Certificate } from "node:crypto";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import type { World } from "#lib/core/alerts/world.ts";

/** When each certificate expires; a snapshot is read once. */
export class Expiries {
  #of: CertificateSnapshot | null = null;
  #known: World["certificates"] = [];

  of(snapshot: CertificateSnapshot | null): World["certificates"] {
    if (snapshot === this.#of) return this.#known;
    this.#of = snapshot;
    this.#known = (snapshot?.certificates ?? []).map(({ id, name, chain }) => ({
      id,
      name,
      notAfterMs: notAfterOf(chain),
    }));
    return this.#known;
  }
}

/** One that cannot be read must not keep the others from being watched. */
export function notAfterOf(chain: string): number | null {
  try {
    return new X509Certificate(chain).validToDate.getTime();
  } catch {
    return null;
  }
}
