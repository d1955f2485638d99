-- A sixth fact about a node: it asked to be left alone for a while (429, or 503 with Retry-After).
CREATE TABLE "node_cooling" (
    "node_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3),
    "until" TIMESTAMPTZ(3),
    "cause" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "node_cooling_pkey" PRIMARY KEY ("node_id", "worker_id"),
    CONSTRAINT "node_cooling_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "node_cooling_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "worker"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
