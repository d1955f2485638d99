// Which certificate answers a client that asks for a name (SNI, RFC 6066 §3): the one that has the name itself, else one
// with a wildcard for its last label (RFC 6125 §6.4.3), else the default one. Built once for a set of certificates.

export interface NamedCertificate {
  /** Lower-case host names, `*.example.org` among them. */
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly isDefault: boolean;
}

export interface NameIndex<T extends NamedCertificate> {
  /** The certificate for a name that a client asked for; null: none, and there is no default. */
  find(serverName: string): T | null;
  /** For clients that ask for no name. */
  readonly fallback: T | null;
}

/** Of two for the same name the one valid at `nowMs` counts, then the one that is valid for longer. */
export function indexNames<T extends NamedCertificate>(certificates: readonly T[], nowMs: number): NameIndex<T> {
  const isValid = ({ notBeforeMs, notAfterMs }: T) => notBeforeMs <= nowMs && nowMs < notAfterMs;
  const beats = (one: T, other: T) =>
    isValid(one) === isValid(other) ? one.notAfterMs > other.notAfterMs : isValid(one);
  const byName = new Map<string, T>();
  for (const certificate of certificates)
    for (const name of certificate.names) {
      const other = byName.get(name);
      if (other === undefined || beats(certificate, other)) byName.set(name, certificate);
    }
  const fallback = certificates.find(({ isDefault }) => isDefault) ?? null;
  return {
    fallback,
    find(serverName) {
      const name = serverName.toLowerCase();
      return byName.get(name) ?? byName.get(wildcardOf(name)) ?? fallback;
    },
  };
}

/** `*.example.org` for `www.example.org`; of a name without a dot nothing that a certificate could have. */
const wildcardOf = (name: string): string => {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : `*${name.slice(dot)}`;
};
