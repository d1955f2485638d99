-- Every shift of a node's share of its pool's requests, with its cause.
CREATE TABLE "traffic_ledger" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "worker_id" TEXT NOT NULL,
    "pool_id" UUID NOT NULL,
    "node_id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "by_node_id" UUID,
    "share_before" DOUBLE PRECISION NOT NULL,
    "share_after" DOUBLE PRECISION NOT NULL,
    "revision" INTEGER,

    CONSTRAINT "traffic_ledger_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "traffic_ledger_pool_id_id_idx" ON "traffic_ledger"("pool_id", "id" DESC);
CREATE INDEX "traffic_ledger_node_id_id_idx" ON "traffic_ledger"("node_id", "id" DESC);
CREATE INDEX "traffic_ledger_at_idx" ON "traffic_ledger"("at");
