// The traffic ledger, as the dashboard reads it.
import type { LedgerEntry } from "#lib/contracts/ledger.ts";
import { history } from "./history.ts";

export type LedgerFilter = { poolId: string; nodeId?: string; from?: string; to?: string };

export const ledgerQuery = (filter: LedgerFilter) => history<LedgerEntry>()(["ledger", filter], "/ledger", filter);
