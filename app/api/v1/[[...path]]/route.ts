import { handleApi } from "#lib/server/dispatch.ts";

export const dynamic = "force-dynamic";

// Every method comes here, so that a wrong one gets its problem document, too.
export {
  handleApi as DELETE,
  handleApi as GET,
  handleApi as HEAD,
  handleApi as OPTIONS,
  handleApi as PATCH,
  handleApi as POST,
  handleApi as PUT,
};
