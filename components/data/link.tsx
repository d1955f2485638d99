"use client";
import NextLink, { type LinkProps } from "next/link";

/**
 * A link to a page of the dashboard. What Next.js would fetch of each link on screen before anybody asks is a request that
 * brings nothing: every page is made for who is signed in, when it is asked for. A page with a table had some sixty of them.
 */
export function Link<T extends string>(props: LinkProps<T>) {
  return <NextLink prefetch={false} {...props} />;
}
