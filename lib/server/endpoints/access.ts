import { NewToken, Token, TokenInput } from "#lib/contracts/access.ts";
import { listOf, Me } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { createToken } from "#lib/services/tokens/create-token.ts";
import { listTokens } from "#lib/services/tokens/list-tokens.ts";
import { revokeToken } from "#lib/services/tokens/revoke-token.ts";

export const ACCESS_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/me",
    operationId: "getMe",
    tag: "Access",
    summary: "Who this request acts as",
    role: "viewer",
    reach: "anybody",
    output: Me,
    handle: async (_, { name, role, kind, poolIds = null }) => ({ body: { name, role, kind, poolIds } }),
  },
  {
    method: "GET",
    path: "/tokens",
    operationId: "listTokens",
    tag: "Access",
    summary: "List the API tokens, without their secrets",
    role: "admin",
    output: listOf(Token),
    handle: async (_, actor) => ({ body: { items: await listTokens(actor) } }),
  },
  {
    method: "POST",
    path: "/tokens",
    operationId: "createToken",
    tag: "Access",
    summary: "Make an API token",
    description: "The answer is the only place where its secret ever is.",
    role: "admin",
    input: TokenInput,
    output: NewToken,
    status: 201,
    problems: ["duplicate-name"],
    handle: async ({ input }, actor) => {
      const token = await createToken(actor, input);
      return { body: token, headers: { location: `/api/v1/tokens/${token.id}` } };
    },
  },
  {
    method: "DELETE",
    path: "/tokens/{id}",
    operationId: "revokeToken",
    tag: "Access",
    summary: "Revoke an API token",
    role: "admin",
    status: 204,
    handle: async (call, actor) => {
      await revokeToken(actor, param(call, "id"));
      return {};
    },
  },
];
