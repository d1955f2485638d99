// What the audit must never hold, wherever it stands in what was before and after. Secrets are kept out of documents in the
// first place; this is the net below: a field that somebody adds later, or a header that carries a credential.
const REDACTED = "[redacted]";

/** The id of a stored secret is none. */
const REFERENCE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Fields whose text is a secret. */
const FIELDS =
  /^(?:(?:current|new)?password|passphrase|private_?key|sealed_?key|secret|api_?key|authorization|cookie|client_?secret)$/i;
/** Headers and query parameters whose value is one. */
const NAMES = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|.*(?:api[-_]?key|secret|token|password).*)$/i;

/** `value` (JSON) without secrets; what has none is returned as it is. */
export function redactSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const { name, value: held } = value as { name?: unknown; value?: unknown };
  const isSecretPair = typeof name === "string" && typeof held === "string" && NAMES.test(name);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const isSecret = typeof inner === "string" && (FIELDS.test(key) || (isSecretPair && key === "value"));
      return [key, isSecret && inner !== "" && !REFERENCE.test(inner) ? REDACTED : redactSecrets(inner)];
    }),
  );
}
