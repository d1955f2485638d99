/** Actions that are written to the audit, in the order the filter offers them. */
export const AUDIT_ACTIONS = [
  "pool.create",
  "pool.update",
  "pool.delete",
  "node.create",
  "node.update",
  "node.delete",
  "node.drain",
  "node.ready",
  "node.maintenance",
  "node.warm-up",
  "node.trip-breaker",
  "node.reset-breaker",
  "route.create",
  "route.update",
  "route.delete",
  "proxy.update",
  "revision.rollback",
  "token.create",
  "token.replace",
  "token.delete",
  "user.create",
  "user.reset-password",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];
export const isAuditAction = (action: string): action is AuditAction => AUDIT_ACTIONS.includes(action as AuditAction);
