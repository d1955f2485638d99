// A certificate while it is edited. A key that was given once is never shown: leaving both halves empty keeps the pair.
import type { CertificateView } from "#lib/contracts/certificates.ts";

export type CertificateValues = { name: string; chain: string; privateKey: string; isDefault: boolean };

export const certificateValues = (present: CertificateView | undefined, isFirst: boolean): CertificateValues => ({
  name: present?.name ?? "",
  chain: "",
  privateKey: "",
  isDefault: present?.isDefault ?? isFirst,
});

/** The API's input: of a present certificate, what changes. */
export function certificateInput(values: CertificateValues, present: CertificateView | undefined): object {
  if (!present) return values;
  const { name, chain, privateKey, isDefault } = values;
  return {
    ...(name.trim() !== present.name && { name }),
    ...(isDefault !== present.isDefault && { isDefault }),
    ...((chain.trim() !== "" || privateKey.trim() !== "") && { chain, privateKey }),
  };
}

/** Codes of what is wrong with a pair, which have words of their own. */
export const PAIR_FAULTS = [
  "not-pem",
  "key-in-chain",
  "not-certificates",
  "too-many-certificates",
  "unreadable-certificate",
  "chain-order",
  "expired",
  "not-yet-valid",
  "weak-key",
  "unusable-certificate",
  "not-a-key",
  "several-keys",
  "encrypted-key",
  "unreadable-key",
  "key-does-not-fit",
] as const;
export type PairFault = (typeof PAIR_FAULTS)[number];
export const isPairFault = (code: string): code is PairFault => (PAIR_FAULTS as readonly string[]).includes(code);
