// The secret values of configurations, opened: in the memory of the processes that send them, and nowhere else.
import type { ConfigDocument, PublishedConfig, Secret } from "#lib/contracts/config.ts";
import { mapSecrets, type Reuse } from "#lib/core/config/secrets.ts";
import type { SecretKey } from "#lib/store/sealing.ts";

/** What a sealed value is bound to: it opens in no other row, and for no other entity. */
export const secretOwner = (id: string, ownerId: string): string => `secret:${id}:${ownerId}`.toLowerCase();

/** A configuration holds a secret that this process cannot open. The message names it and holds nothing of it. */
export class UnopenedSecretError extends Error {
  override name = "UnopenedSecretError";
}

/** What became of a pool, node or route, and the secrets within it, by id and owner. */
type Opened = { entity: unknown; values: ReadonlyMap<string, string> };

export class SecretBook {
  readonly #key: SecretKey | undefined;
  /**
   * What stays the same from one revision to the next is the very same object when it is opened, too: by that a proxy knows
   * which pools a push leaves alone (lib/core/config/change.ts).
   */
  readonly #reusable = new WeakMap<object, Opened>();
  /** By id and owner. A value never changes, so that one that was opened stays open when its key is another one. */
  #opened = new Map<string, string>();
  /** Those of the configuration before: a refused one must not take away what is in force. */
  #before = new Map<string, string>();

  constructor(key: SecretKey | undefined) {
    this.#key = key;
  }

  /**
   * The configuration, and the canary beside it, with their secrets in clear; the very same documents when they have none,
   * and pools, nodes and routes that are those of before become what they became then.
   * @throws {UnopenedSecretError} when one is missing, sealed with another key, or another entity's
   */
  open(config: PublishedConfig): PublishedConfig {
    const sealed = new Map((config.secrets ?? []).map((one) => [secretOwner(one.id, one.ownerId), one.sealed]));
    let opened = new Map<string, string>();
    const reuse: Reuse = (entity, make) => {
      const known = this.#reusable.get(entity) ?? collect(make);
      this.#reusable.set(entity, known);
      for (const [owner, value] of known.values) opened.set(owner, value);
      return known.entity;
    };
    /** What is opened while `make` runs is gathered apart: whoever has the same entity again has these, too. */
    const collect = (make: () => unknown): Opened => {
      const outer = opened;
      const values = new Map<string, string>();
      opened = values;
      try {
        return { entity: make(), values };
      } finally {
        opened = outer;
      }
    };
    const openOne = (document: ConfigDocument): ConfigDocument =>
      mapSecrets(
        document,
        (secret, { ownerId }) => {
          if ("value" in secret) return secret;
          const owner = secretOwner(secret.secret, ownerId);
          const value = this.#known(owner) ?? this.#unseal(owner, sealed.get(owner));
          opened.set(owner, value);
          return { value };
        },
        reuse,
      );
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
