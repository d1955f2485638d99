import type { ConfigDocument } from "#lib/contracts/config.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { examineAuthorities } from "#lib/store/certificates/examine.ts";

/**
 * Whether the certificates that a configuration trusts can be read: to a worker, one that cannot would be nobody.
 * @throws {ServiceError} `invalid-input` with every fault
 */
export function requireAuthorities({ pools, proxy }: ConfigDocument): void {
  const held = [
    ...pools.map(({ tls }) => ({ path: ["tls", "caPem"], pem: tls.caPem })),
    { path: ["tlsListener", "clientAuthorities"], pem: proxy.tlsListener.clientAuthorities },
  ];
  const faults = held
    .filter(({ pem }) => pem !== "")
    .flatMap(({ path, pem }) => examineAuthorities(pem).map((fault) => ({ ...fault, path })));
  if (faults.length > 0) throw invalidInput(faults);
}
