// The alert of a lost database has the same id whoever makes it. While it is lost the workers cannot agree on anything; so each learns
// beforehand, from the database, what the next loss is named after (`alert_lease.outage`, another one after each that was written
// down), and makes the id of it. Who writes down what another one told thereby ends that very alert, at all who heard of it.
import { createHash, type UUID } from "node:crypto";

/** @returns a UUID (version 8, of RFC 9562: what its bits mean is ours) */
export function outageAlertId(seed: string, ruleKey: string): UUID {
  const bytes = createHash("sha256").update(`${seed}\n${ruleKey}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
