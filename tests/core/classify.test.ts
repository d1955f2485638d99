import { describe, expect, test } from "vitest";
import { classifyStatus, connectCause, connectFault, OUTCOMES } from "#lib/core/classify.ts";

describe("outcome of an attempt", () => {
  test.each([
    [200, "success", "ok"],
    [304, "success", "ok"],
    [404, "success", "ok"],
    [429, "neither", "status-429"],
    [499, "success", "ok"],
    [500, "failure", "status-500"],
    [501, "failure", "status-501"],
    [503, "failure", "status-503"],
    [599, "failure", "status-599"],
    [600, "success", "ok"],
  ])("status %i counts as %s", (status, counts, cause) => {
    expect(classifyStatus(status)).toMatchObject({ counts, cause, status });
  });

  test("allocates nothing per answer, and refuses what is no status", () => {
    expect(classifyStatus(503)).toBe(classifyStatus(503));
    expect(() => classifyStatus(1_000)).toThrow("was 1000");
  });

  test.each([
    ["ECONNREFUSED", "connect-refused"],
    ["ETIMEDOUT", "connect-timeout"],
    ["ENOTFOUND", "name-not-found"],
    ["EHOSTUNREACH", "host-unreachable"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate-untrusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate-wrong-name"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate-untrusted"],
    ["EWHATEVER", "connect-failed"],
    [undefined, "connect-failed"],
  ])("socket error %s is %s", (code, cause) => {
    expect(connectCause(code)).toBe(cause);
    expect(connectFault(code)).toMatchObject({ kind: "connect-fault", counts: "failure", cause });
  });

  test("does not blame the node for want of local ports or descriptors", () => {
    expect(connectFault("EADDRNOTAVAIL").counts).toBe("neither");
    expect(connectFault("EMFILE").counts).toBe("neither");
  });

  test("faults and time-outs are failures; what clients do, a quicker node, or a polite refusal says nothing of this one", () => {
    const { clientAbort, requestTimeoutOfClient, superseded, refused, ...faults } = OUTCOMES;
    for (const outcome of Object.values(faults)) expect(outcome.counts).toBe("failure");
    for (const outcome of [clientAbort, requestTimeoutOfClient, superseded, refused])
      expect(outcome.counts).toBe("neither");
  });
});
