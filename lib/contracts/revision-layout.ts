import * as z from "zod";

/** Where the parts of a revision's document are: hashes, in the order of the document. A pool's nodes come in runs. */
export const RevisionLayout = z.strictObject({
  proxy: z.string(),
  routes: z.string(),
  pools: z.array(z.strictObject({ pool: z.string(), nodes: z.array(z.string()) })),
});
export type RevisionLayout = z.infer<typeof RevisionLayout>;
