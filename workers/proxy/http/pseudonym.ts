/** What proxies of this kind call themselves in Via. */
export const PSEUDONYM = "gemini-balance";
