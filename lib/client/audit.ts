import type { AuditEntry } from "#lib/contracts/access.ts";
import { history } from "./history.ts";
import { type AuditFilter, keys } from "./queries.ts";

export const auditQuery = (filter: AuditFilter = {}) => history<AuditEntry>()(keys.audit(filter), "/audit", filter);
