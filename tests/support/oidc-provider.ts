// A small OpenID provider on loopback: discovery, keys, authorization with PKCE, tokens signed with RS256. Whoever is sent to
// it is `person`, without being asked; `bend` lets a test make one thing about its answers wrong.
import { createHash, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

export const CLIENT = { id: "gemini-balance", secret: "secret of a client: 100% + /?" };

export type Bend = Partial<{
  /** Laid over the claims of the next ID tokens; undefined takes one out. */
  claims: Record<string, unknown>;
  /** Signs with a key that is not among the published ones. */
  otherKey: boolean;
  /** What the authorization endpoint answers instead of a code. */
  error: string;
  /** Does not answer at all. */
  silent: boolean;
  /** Issuer that the discovery document names. */
  issuer: string;
  /** Tells the e-mail address at the userinfo endpoint only. */
  emailFromUserinfo: boolean;
}>;

type Pending = { challenge: string; nonce: string | null; redirectUri: string };
type Answer = { status: number; body?: unknown; location?: string };

export class OidcProvider {
  issuer = "";
  person: Record<string, unknown> = {};
  bend: Bend = {};
  /** Authorization requests, newest last. */
  readonly asked: URLSearchParams[] = [];
  readonly #pending = new Map<string, Pending>();
  readonly #keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly #otherKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly #server = http.createServer((request, response) => {
    void this.#answer(request).then(({ status, body, location }) => {
      if (this.bend.silent) return request.socket.destroy();
      response.writeHead(status, { "content-type": "application/json", ...(location && { location }) });
      return response.end(JSON.stringify(body ?? {}));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: http.IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", this.issuer);
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return { status: 200, body: this.#discovery() };
      case "/keys":
        return {
          status: 200,
          body: { keys: [{ ...this.#keys.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] },
        };
      case "/authorize":
        return this.#authorize(url.searchParams);
      case "/token":
        return this.#token(request.headers.authorization ?? "", new URLSearchParams(await textOf(request)));
      case "/userinfo":
        return { status: 200, body: this.person };
      default:
        return { status: 404 };
    }
  }

  #discovery() {
    const { issuer } = this;
    return {
      issuer: this.bend.issuer ?? issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      userinfo_endpoint: `${issuer}/userinfo`,
      id_token_signing_alg_values_supported: ["RS256", "HS256"],
    };
  }

  #authorize(query: URLSearchParams): Answer {
    this.asked.push(query);
    const back = new URL(query.get("redirect_uri") ?? "");
    back.searchParams.set("state", query.get("state") ?? "");
    if (this.bend.error !== undefined) back.searchParams.set("error", this.bend.error);
    else {
      const code = randomUUID();
      this.#pending.set(code, {
        challenge: query.get("code_challenge") ?? "",
        nonce: query.get("nonce"),
        redirectUri: query.get("redirect_uri") ?? "",
      });
      back.searchParams.set("code", code);
      back.searchParams.set("iss", this.issuer);
    }
    return { status: 302, location: back.href };
  }

  #token(authorization: string, form: URLSearchParams): Answer {
    const expected = `${encodeURIComponent(CLIENT.id)}:${formEncoded(CLIENT.secret)}`;
    if (Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString() !== expected)
      return { status: 401, body: { error: "invalid_client" } };
    const pending = this.#pending.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    this.#pending.delete(form.get("code") ?? "");
    if (pending?.challenge !== challenge || pending.redirectUri !== form.get("redirect_uri"))
      return { status: 400, body: { error: "invalid_grant" } };
    const body = {
      access_token: randomUUID(),
      token_type: "Bearer",
      expires_in: 300,
      id_token: this.#idToken(pending),
    };
    return { status: 200, body };
  }

  #idToken({ nonce }: Pending): string {
    const nowS = Math.floor(Date.now() / 1_000);
    const { email, email_verified, ...rest } = this.person;
    const person = this.bend.emailFromUserinfo ? rest : this.person;
    const standard = { iss: this.issuer, aud: CLIENT.id, iat: nowS, exp: nowS + 300, nonce };
    const claims = { ...standard, ...person, ...this.bend.claims };
    const signed = [{ alg: "RS256", kid: "one", typ: "JWT" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const { privateKey } = this.bend.otherKey ? this.#otherKeys : this.#keys;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
  }
}

/** As RFC 6749, 2.3.1 has it in Basic credentials. */
const formEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
