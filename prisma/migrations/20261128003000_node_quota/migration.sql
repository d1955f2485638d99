-- What a node with a quota has been sent in one span, by all workers together: it survives the restart of any process.
CREATE TABLE "node_quota" (
    "node_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "used" BIGINT NOT NULL,
    -- Worker to the number of its last batch that is counted: one that is sent again counts once.
    "batches" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "node_quota_pkey" PRIMARY KEY ("node_id", "started_at", "ends_at"),
    CONSTRAINT "node_quota_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
