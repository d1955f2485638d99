"use client";
import { useQuery } from "@tanstack/react-query";
import { type Role, roleAllows } from "#lib/contracts/roles.ts";
import { meQuery } from "./queries.ts";

/** Whether the person signed in may do what needs `needed`. While that is not known: no. */
export function useCan(needed: Role): boolean {
  const { data } = useQuery(meQuery);
  return data !== undefined && roleAllows(data.role, needed);
}
