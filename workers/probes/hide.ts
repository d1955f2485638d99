// An answer may repeat what it was sent, and what it says is shown to people.
const HIDDEN = "••••";

/** `text` without the given secrets, as they are, percent-encoded, or within JSON. */
export function withoutSecrets(text: string, hidden: readonly string[]): string {
  if (text === "" || hidden.length === 0) return text;
  const forms = hidden.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  // The longest first: one may be the beginning of another.
  return forms.toSorted((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, HIDDEN), text);
}
