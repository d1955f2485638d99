/** Address at which a person on this machine reaches the proxy, as the supervisor told it. */
export function proxyUrl(): string {
  return process.env.GB_PROXY_URL ?? "http://127.0.0.1:8080";
}
