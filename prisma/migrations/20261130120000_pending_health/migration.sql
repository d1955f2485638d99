-- `pending`: new in a pool that serves, and not checked yet. Without it no fact of any node was written while one was pending.
ALTER TABLE "node_health" DROP CONSTRAINT "node_health_check";
ALTER TABLE "node_health" ADD CONSTRAINT "node_health_check" CHECK ("state" IN ('unknown', 'pending', 'healthy', 'unhealthy'));
