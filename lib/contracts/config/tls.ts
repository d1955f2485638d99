// TLS towards clients, and towards nodes.
import { z } from "zod";
import { durationMs } from "../common.ts";

const MAX_PEM = 500_000;
/** Certificates that are trusted, as PEM, one after the other; empty for none of our own. */
export const TrustedPem = z
  .string()
  .trim()
  .max(MAX_PEM)
  .refine((text) => text === "" || text.includes("-----BEGIN CERTIFICATE-----"), "must be certificates in PEM")
  .refine((text) => !text.includes("PRIVATE KEY-----"), "must not hold a private key");

export const TLS_VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const MinVersion = z.enum(TLS_VERSIONS).default("TLSv1.2");

/** The TLS listener. Its certificates are no part of this: they are in no revision. */
export const TlsListenerSettings = z
  .strictObject({
    minVersion: MinVersion,
    /** From the connection to TLS being agreed on. */
    handshakeMs: durationMs(100, 60_000).default(10_000),
    /**
     * Whether clients show a certificate of their own (mutual TLS). `optional`: one that is trusted is told to the nodes,
     * any other counts as none. `required`: without a trusted one the connection is refused.
     */
    clientAuth: z.enum(["none", "optional", "required"]).default("none"),
    /** Who must have signed them. */
    clientAuthorities: TrustedPem.default(""),
  })
  .superRefine(({ clientAuth, clientAuthorities }, ctx) => {
    if (clientAuth !== "none" && clientAuthorities === "")
      ctx.addIssue({ code: "custom", path: ["clientAuthorities"], message: "must say whose certificates are trusted" });
  });
export type TlsListenerSettings = z.infer<typeof TlsListenerSettings>;
