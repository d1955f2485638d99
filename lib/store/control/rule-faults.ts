// Why rules cannot be judged, as the worker that evaluates them finds: what the dashboard shows at each rule.
import type { RuleFault } from "#lib/contracts/alert-rules-api.ts";
import type { Queryable } from "./database.ts";

/** Those that go on stay as they are, with the time they began. */
export async function writeRuleFaults(tx: Queryable, faults: readonly RuleFault[]): Promise<void> {
  const rows = JSON.stringify(faults);
  const given = `SELECT DISTINCT f."ruleKey" AS rule_key, f.code, f.what
    FROM jsonb_to_recordset($1::jsonb) AS f ("ruleKey" text, code text, what text)`;
  await tx.query(`DELETE FROM alert_rule_fault WHERE (rule_key, code, what) NOT IN (${given})`, [rows]);
  await tx.query(`INSERT INTO alert_rule_fault (rule_key, code, what) ${given} ON CONFLICT DO NOTHING`, [rows]);
}
