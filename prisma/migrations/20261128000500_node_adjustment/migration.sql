-- A seventh fact about a node: what each worker makes of its weight, by dynamic weights and the degrade rule.
CREATE TABLE "node_adjustment" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "adjustment" JSONB NOT NULL,

    CONSTRAINT "node_adjustment_pkey" PRIMARY KEY ("node_id", "worker_id"),
    CONSTRAINT "node_adjustment_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "node_adjustment_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
