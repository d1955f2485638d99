"use client";
import { Anchor, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import toolbar from "#components/data/toolbar.module.css";
import { Page } from "#components/shell/page.tsx";
import { apiUrl } from "#lib/client/api.ts";
import { apiDescriptionQuery } from "#lib/client/api-description.ts";
import { type ApiDescription, operationsOf, searchOperations } from "#lib/client/api-reference.ts";
import classes from "./api-reference.module.css";
import { Operation } from "./operation.tsx";

/** Every endpoint of the REST API, as the API describes itself; `?op=` opens one, `?find=` searches. */
export function ApiReferencePage() {
  const t = useTranslations("apiReference");
  const shell = useTranslations("shell");
  const query = useQuery(apiDescriptionQuery);
  const [find, setFind] = useQueryState("find", parseAsString.withDefault("").withOptions({ throttleMs: 300 }));
  return (
    <Page title={shell("nav.apiReference")}>
      <div className={toolbar.toolbar}>
        <TextInput
          size="xs"
          type="search"
          w={280}
          aria-label={t("search")}
          placeholder={t("search")}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={find}
          onChange={(event) => void setFind(event.currentTarget.value || null)}
        />
        <Anchor href={apiUrl("/openapi.json")} size="sm" target="_blank" rel="noreferrer">
          {t("document")}
        </Anchor>
      </div>
      <QueryView query={query}>{(description) => <Tags description={description} find={find} />}</QueryView>
    </Page>
  );
}

function Tags({ description, find }: { description: ApiDescription; find: string }) {
  const t = useTranslations("apiReference");
  const [open, setOpen] = useQueryState("op", parseAsString);
  const groups = searchOperations(operationsOf(description), find);
  if (groups.length === 0) return <EmptyState title={t("none")} text={t("noneText", { find })} />;
  const about = new Map(description.tags.map((tag) => [tag.name, tag.description]));
  return groups.map(({ tag, operations }) => (
    <Panel key={tag} flush title={tag} hint={about.get(tag)}>
      <ul className={classes.list}>
        {operations.map((operation) => (
          <Operation
            key={operation.id}
            operation={operation}
            schemas={description.components.schemas}
            isOpen={open === operation.id}
            onToggle={(isOpen) => void setOpen(isOpen ? operation.id : null)}
          />
        ))}
      </ul>
    </Panel>
  ));
}
