import { CertificateInput, CertificatePatch, CertificateView } from "#lib/contracts/certificates.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { createCertificate } from "#lib/services/certificates/create-certificate.ts";
import { deleteCertificate } from "#lib/services/certificates/delete-certificate.ts";
import { getCertificate, listCertificates } from "#lib/services/certificates/read-certificates.ts";
import { updateCertificate } from "#lib/services/certificates/update-certificate.ts";

const tag = "Certificates";

export const CERTIFICATE_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/certificates",
    operationId: "listCertificates",
    tag,
    summary: "List the certificates of the TLS listener, the one that expires first first",
    role: "viewer",
    output: listOf(CertificateView),
    handle: async (_, actor) => ({ body: { items: await listCertificates(actor) } }),
  },
  {
    method: "POST",
    path: "/certificates",
    operationId: "createCertificate",
    tag,
    summary: "Add a certificate with its private key",
    description:
      "In use at once on every worker, in no revision: a roll-back never brings an expired certificate back. The key is " +
      "kept as ciphertext only and is in no answer.",
    role: "publisher",
    input: CertificateInput,
    output: CertificateView,
    status: 201,
    problems: ["duplicate-name"],
    handle: async ({ input }, actor) => {
      const certificate = await createCertificate(actor, input);
      return { body: certificate, headers: { location: `/api/v1/certificates/${certificate.id}` } };
    },
  },
  {
    method: "GET",
    path: "/certificates/{id}",
    operationId: "getCertificate",
    tag,
    summary: "Read a certificate",
    role: "viewer",
    output: CertificateView,
    handle: async (call, actor) => ({ body: await getCertificate(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/certificates/{id}",
    operationId: "updateCertificate",
    tag,
    summary: "Rename a certificate, make it the default, or replace it by a renewed one",
    description:
      "Fields left out stay; `chain` and `privateKey` come together. New connections get the new certificate, open ones " +
      "go on with the old.",
    role: "publisher",
    input: CertificatePatch,
    output: CertificateView,
    problems: ["duplicate-name"],
    handle: async (call, actor) => ({ body: await updateCertificate(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/certificates/{id}",
    operationId: "deleteCertificate",
    tag,
    summary: "Forget a certificate and its key",
    description: "Clients that ask for its names get the default certificate, or none.",
    role: "publisher",
    status: 204,
    handle: async (call, actor) => {
      await deleteCertificate(actor, param(call, "id"));
      return {};
    },
  },
];
