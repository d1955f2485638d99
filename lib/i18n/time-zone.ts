// The zone that a browser shows times in, told to the server by a cookie: what the server draws is what stays.

export const TIME_ZONE_COOKIE = "gb_shown_zone";
const LONGEST = 64;

/** @param told value of the cookie. @returns it, when it names a zone (IANA); else UTC, which every zone can be told from */
export function chooseTimeZone(told: string | undefined): string {
  if (told === undefined || told.length > LONGEST) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: told }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
