-- A drain may let sessions that are bound to the node go on until its deadline.

ALTER TABLE "node_admin_state" ADD COLUMN "keep_sessions" BOOLEAN NOT NULL DEFAULT false;
