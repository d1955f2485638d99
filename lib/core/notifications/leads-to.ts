import type { ChannelTarget } from "#lib/contracts/notifications.ts";

const SHOWN_MAILBOXES = 2;

/** Where a target leads, for everybody to see: the path of a robot's URL is its secret, so only its host and end are told. */
export function leadsTo(target: ChannelTarget): string {
  if (target.kind === "email") {
    const { to } = target;
    const more = to.length > SHOWN_MAILBOXES ? ` +${to.length - SHOWN_MAILBOXES}` : "";
    return `${to.slice(0, SHOWN_MAILBOXES).join(", ")}${more}`;
  }
  const { host, pathname, search } = new URL(target.url);
  if (target.kind === "webhook" && search === "") return `${host}${pathname}`;
  const tail = `${pathname}${search}`.slice(-4);
  return pathname.length + search.length > 12 ? `${host}/…${tail}` : `${host}/…`;
}
