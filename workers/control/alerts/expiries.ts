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
      notAfterMs: new X509Certificate(chain).validToDate.getTime(),
    }));
    return this.#known;
  }
}
