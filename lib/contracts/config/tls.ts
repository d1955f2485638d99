// TLS towards clients, and towards nodes.
import * as z from "zod";
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

/** TLS to the nodes of a pool whose URLs are https. */
export const NodeTlsSettings = z.strictObject({
  /** Whether a node must show a certificate that is trusted, valid now, and for its name. */
  verify: z.boolean().default(true),
  /** Name that is asked for (SNI) and verified; empty: the host in the node's URL. */
  serverName: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(/^$|^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, "must be a host name, without port")
    .refine((name) => !/^[\d.]+$/.test(name) || name === "", "must be a host name, without port")
    .default(""),
  /** Who must have signed it; empty: whoever this system trusts. */
  caPem: TrustedPem.default(""),
  minVersion: MinVersion,
});
export type NodeTlsSettings = z.infer<typeof NodeTlsSettings>;
