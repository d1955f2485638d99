// The secret values of configurations, opened: in the memory of the processes that send them, and nowhere else.
import type { ConfigDocument, PublishedConfig, Secret } from "#lib/contracts/config.ts";
import { mapSecrets } from "#lib/core/config/secrets.ts";
import type { SecretKey } from "#lib/store/sealing.ts";

/** What a sealed value is bound to: it opens in no other row, and for no other entity. */
export const secretOwner = (id: string, ownerId: string): string => `secret:${id}:${ownerId}`.toLowerCase();

/** A configuration holds a secret that this process cannot open. The message names it and holds nothing of it. */
export class UnopenedSecretError extends Error {
  override name = "UnopenedSecretError";
}

export class SecretBook {
  readonly #key: SecretKey | undefined;
  /** By id and owner. A value never changes, so that one that was opened stays open when its key is another one. */
  #opened = new Map<string, string>();
  /** Those of the configuration before: a refused one must not take away what is in force. */
  #before = new Map<string, string>();

  constructor(key: SecretKey | undefined) {
    this.#key = key;
  }

  /**
   * The configuration, and the canary beside it, with their secrets in clear; the very same documents when they have none.
   * @throws {UnopenedSecretError} when one is missing, sealed with another key, or another entity's
   */
  open(config: PublishedConfig): PublishedConfig {
    const sealed = new Map((config.secrets ?? []).map((one) => [secretOwner(one.id, one.ownerId), one.sealed]));
    const opened = new Map<string, string>();
    const openOne = (document: ConfigDocument): ConfigDocument =>
      mapSecrets(document, (secret, { ownerId }) => {
        if ("value" in secret) return secret;
        const owner = secretOwner(secret.secret, ownerId);
        const value = this.#known(owner) ?? this.#unseal(owner, sealed.get(owner));
        opened.set(owner, value);
        return { value };
      });
    const document = openOne(config.document);
    const canary = config.canary && { ...config.canary, document: openOne(config.canary.document) };
    if (opened.size > 0 || this.#opened.size > 0) {
      this.#before = this.#opened;
      this.#opened = opened;
    }
    return { ...config, document, ...(canary && { canary }) };
  }

  #known(owner: string): string | undefined {
    return this.#opened.get(owner) ?? this.#before.get(owner);
  }

  #unseal(owner: string, sealed: string | undefined): string {
    if (sealed === undefined) throw new UnopenedSecretError(`${owner}: there is no such secret`);
    if (this.#key === undefined) throw new UnopenedSecretError(`${owner}: this process has no key`);
    try {
      return this.#key.open(sealed, owner);
    } catch (cause) {
      throw new UnopenedSecretError((cause as Error).message, { cause });
    }
  }

  /** The value of a header of `ownerId`, whose configuration was opened before. @throws {UnopenedSecretError} */
  text(value: string | Secret, ownerId: string): string {
    if (typeof value === "string") return value;
    if ("value" in value) return value.value;
    const owner = secretOwner(value.secret, ownerId);
    return this.#known(owner) ?? this.#unseal(owner, undefined);
  }
}
