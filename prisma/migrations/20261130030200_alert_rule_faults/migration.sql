-- Why rules of alerts cannot be judged, in whole or of one subject: rewritten by the worker that evaluates, when it changes.
CREATE TABLE "alert_rule_fault" (
    "rule_key" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_rule_fault_pkey" PRIMARY KEY ("rule_key", "code", "what")
);
