-- Operators may trip and reset breakers by hand; and an open breaker says what it saw.
CREATE TABLE "node_breaker_order" (
    "node_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "by" TEXT NOT NULL,

    CONSTRAINT "node_breaker_order_pkey" PRIMARY KEY ("node_id"),
    CONSTRAINT "node_breaker_order_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "node"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
ALTER TABLE "node_breaker" ADD COLUMN "requests" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "node_breaker" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "node_breaker" ADD COLUMN "slow" INTEGER NOT NULL DEFAULT 0;
