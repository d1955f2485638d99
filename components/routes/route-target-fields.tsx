"use client";
import { NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import forms from "#components/forms/forms.module.css";
import { HeaderRows } from "#components/forms/header-rows.tsx";
import { REDIRECT_STATUSES } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { type RouteValues, TARGET_KINDS } from "./route-values.ts";

type Form = UseFormReturnType<RouteValues>;
type Props = { form: Form; pools: readonly PoolView[] };

/** What becomes of the requests: a pool gets them, or the route answers by itself. */
export function RouteTargetFields({ form, pools }: Props) {
  const t = useTranslations("routes.form");
  const { kind } = form.values;
  return (
    <>
      <div className={forms.grid}>
        <Select
          label={t("kind")}
          data={TARGET_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps("kind")}
        />
        {kind === "pool" && (
          <Select
            label={t("pool")}
            placeholder={t("poolPlaceholder")}
            data={pools.map((pool) => ({ value: pool.id, label: pool.name }))}
            searchable
            {...form.getInputProps("poolId")}
          />
        )}
        {kind === "redirect" && (
          <Select
            label={t("redirectStatus")}
            data={REDIRECT_STATUSES.map((status) => ({ value: String(status), label: t(`statuses.${status}`) }))}
            allowDeselect={false}
            {...form.getInputProps("redirect.status")}
          />
        )}
        {kind === "respond" && (
          <NumberInput label={t("status")} clampBehavior="none" {...form.getInputProps("respond.status")} />
        )}
      </div>
      {kind === "pool" && (
        <TextInput
          label={t("rewrite")}
          description={t("rewriteHelp")}
          inputWrapperOrder={HELP_BELOW}
          placeholder="/v2"
          {...form.getInputProps("pathRewrite")}
        />
      )}
      {kind === "redirect" && (
        <TextInput
          label={t("location")}
          description={t("locationHelp", { path: "{path}", rest: "{rest}", query: "{query}", host: "{host}" })}
          inputWrapperOrder={HELP_BELOW}
          placeholder="https://example.org{path}{query}"
          {...form.getInputProps("redirect.location")}
        />
      )}
      {kind === "respond" && <AnswerFields form={form} />}
    </>
  );
}

function AnswerFields({ form }: { form: Form }) {
  const t = useTranslations("routes.form");
  return (
    <>
      <TextInput label={t("contentType")} {...form.getInputProps("respond.contentType")} />
      <Textarea
        label={t("body")}
        description={t("bodyHelp")}
        inputWrapperOrder={HELP_BELOW}
        autosize
        minRows={3}
        maxRows={12}
        {...form.getInputProps("respond.body")}
      />
      <HeaderRows
        form={form}
        path="respond.headers"
        rows={form.values.respond.headers}
        texts={{
          legend: t("answerHeaders"),
          add: t("addAnswerHeader"),
          name: t("headerName"),
          value: t("headerValue"),
          nameOf: (number) => t("answerHeaderNameOf", { number }),
          valueOf: (number) => t("answerHeaderValueOf", { number }),
          remove: (number) => t("removeAnswerHeader", { number }),
        }}
      />
    </>
  );
}
