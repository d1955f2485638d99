"use client";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { endOtherSessions, endOwnSession } from "#lib/client/mutations.ts";
import { ownSessionsQuery } from "#lib/client/people.ts";
import { keys } from "#lib/client/queries.ts";
import { SessionTable } from "../session-table.tsx";

/** Where one is signed in; what one does not recognise is ended here. */
export function OwnSessions() {
  const t = useTranslations("settings.sessions");
  const client = useQueryClient();
  const notify = useNotify();
  const query = useQuery(ownSessionsQuery);
  const mutation = useMutation({
    mutationFn: (id: string | null) => (id === null ? endOtherSessions() : endOwnSession(id)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.ownSessions });
      notify.done(t("ended"));
    },
    onError: (error) => notify.failed(t("end"), error),
  });
  const hasOthers = (query.data ?? []).some(({ isCurrent }) => !isCurrent);
  const endOthers = (
    <Button
      variant="default"
      disabled={!hasOthers}
      title={hasOthers ? undefined : t("noOthers")}
      loading={mutation.isPending}
      onClick={() => mutation.mutate(null)}
    >
      {t("endOthers")}
    </Button>
  );
  return (
    <Panel flush title={t("title")} hint={t("hint")} aside={endOthers}>
      <QueryView query={query}>
        {(sessions) => <SessionTable sessions={sessions} onEnd={({ id }) => mutation.mutate(id)} />}
      </QueryView>
    </Panel>
  );
}
