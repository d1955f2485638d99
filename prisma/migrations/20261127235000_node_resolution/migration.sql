-- How each worker resolves the host name of a node's URL, so that a look-up that fails is shown.
CREATE TABLE "node_resolution" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "addresses" JSONB NOT NULL DEFAULT '[]',
    "last_good_at" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3),
    "cause" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "node_resolution_pkey" PRIMARY KEY ("node_id", "worker_id"),
    CONSTRAINT "node_resolution_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "node_resolution_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
