"use client";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "#components/data/empty-state.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { meQuery } from "#lib/client/queries.ts";
import { type Role, roleAllows } from "#lib/contracts/roles.ts";
import { useRefusal } from "./use-refusal.ts";

type Props = {
  needs: Role;
  /** Who sees it, in words. */
  text: string;
  children: React.ReactNode;
};

/** What only some may see, or why it is not shown. Neither before it is known who asks, nor when that cannot be learnt. */
export function OnlyFor({ needs, text, children }: Props) {
  const me = useQuery(meQuery);
  const refusal = useRefusal(needs);
  return (
    <QueryView query={me}>
      {(person) => (roleAllows(person.role, needs) ? children : <EmptyState title={refusal ?? ""} text={text} />)}
    </QueryView>
  );
}
