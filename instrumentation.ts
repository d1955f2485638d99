/** Next calls this once when the server starts. Node's own modules stay out of the file that the edge build reads. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./instrumentation-node.ts")).start();
}
