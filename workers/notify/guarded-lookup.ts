// Name look-ups for what somebody configured in the browser: an address that may not be talked to is refused at the moment of
// the connect, so that a name cannot lead elsewhere than it did when it was looked at.
import dns from "node:dns";
import net from "node:net";

/** Whether an address may be talked to. */
export type AddressRule = (address: string) => boolean;

/** A target that may not be talked to. The message is fit for people. */
export class ForbiddenTargetError extends Error {
  override name = "ForbiddenTargetError";
  readonly code = "forbidden-target";
  constructor(host: string, address: string) {
    const leads = host === address ? host : `${host} leads to ${address}, which`;
    super(`${leads} is not on the public internet, or would be talked to in clear; GB_NOTIFY_ALLOW allows ranges`);
  }
}

/** As `dns.lookup`, yet of the addresses that are found only those are given that `isAllowed`. */
export function guardedLookup(isAllowed: AddressRule): net.LookupFunction {
  return (host, options, callback) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return void callback(error, "", 4);
      const fit = addresses.filter(({ address }) => isAllowed(address));
      const [first] = fit;
      if (first === undefined) {
        callback(new ForbiddenTargetError(host, addresses[0]?.address ?? "nowhere"), "", 4);
      } else if (options.all) callback(null, fit);
      else callback(null, first.address, first.family);
    });
  };
}

/** A literal address is never looked up. @throws {ForbiddenTargetError} */
export function requireAllowed(host: string, isAllowed: AddressRule): void {
  const bare = host.replace(/^\[|\]$/g, "");
  if (net.isIP(bare) !== 0 && !isAllowed(bare)) throw new ForbiddenTargetError(bare, bare);
}

/** An address of `host` that is allowed. @throws {ForbiddenTargetError}, or what the look-up said */
export async function allowedAddressOf(host: string, isAllowed: AddressRule): Promise<string> {
  const found = await dns.promises.lookup(host, { all: true });
  const fit = found.find(({ address }) => isAllowed(address));
  if (fit === undefined) throw new ForbiddenTargetError(host, found[0]?.address ?? "nowhere");
  return fit.address;
}
