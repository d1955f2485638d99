"use client";
import { Autocomplete, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { FormModal } from "#components/forms/form-modal.tsx";
import forms from "#components/forms/forms.module.css";
import { HeaderEditFields } from "#components/forms/header-edit-fields.tsx";
import { HeaderRows } from "#components/forms/header-rows.tsx";
import { useConfigForm } from "#components/forms/use-config-form.ts";
import { useConfigWriter, useStagedRoutes } from "#components/staging/use-change-set.ts";
import { changedFields } from "#lib/client/forms.ts";
import { RouteInput } from "#lib/contracts/config.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { RouteLimitFields } from "./route-limit-fields.tsx";
import { RouteRecordingFields } from "./route-recording-fields.tsx";
import { RouteServiceFields } from "./route-service-fields.tsx";
import { RouteTargetFields } from "./route-target-fields.tsx";
import { headerFaults, newRoute, type RouteValues, routeInput, routePath, routeValues } from "./route-values.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

type Props = { pools: readonly PoolView[]; route?: RouteView; onClose: () => void };

/** Makes a route, or edits one; it begins anew with the newest values when asked to. */
export function RouteForm(props: Props) {
  const [round, setRound] = useState(0);
  return <RouteFields key={round} {...props} onTakeNewest={() => setRound(round + 1)} />;
}

function RouteFields({ pools, route, onClose, onTakeNewest }: Props & { onTakeNewest: () => void }) {
  const t = useTranslations("routes.form");
  const common = useTranslations("forms");
  const stagedRoute = useStagedRoutes()?.find(({ id }) => id === route?.id);
  const writer = useConfigWriter();
  const [initial] = useState<RouteValues>(() =>
    route ? routeValues(stagedRoute ?? route) : newRoute(pools.map(({ id }) => id)),
  );
  const config = useConfigForm<RouteValues, typeof RouteInput>({
    initial,
    schema: RouteInput,
    toInput: routeInput,
    check: headerFaults,
    rename: routePath,
    save: async (input, ifMatch) => {
      if (!route) return writer.createRoute(input, ifMatch);
      const patch = changedFields(RouteInput.parse(routeInput(initial)), input);
      return Object.keys(patch).length > 0 ? writer.updateRoute(route.id, patch, ifMatch) : undefined;
    },
    onSaved: onClose,
  });
  const { form } = config;
  return (
    <FormModal
      title={route ? t("edit", { route: routeName(route) }) : t("new")}
      config={config}
      submitLabel={route ? common("save") : t("create")}
      onClose={onClose}
      entityId={route?.id}
      onTakeNewest={route && onTakeNewest}
      size={680}
    >
      <div className={forms.grid}>
        <TextInput
          label={t("host")}
          inputWrapperOrder={HELP_BELOW}
          description={t("hostHelp")}
          placeholder="api.example.org"
          data-autofocus
          {...form.getInputProps("host")}
        />
        <TextInput
          label={t("prefix")}
          inputWrapperOrder={HELP_BELOW}
          description={t("prefixHelp")}
          placeholder="/v1"
          {...form.getInputProps("pathPrefix")}
        />
      </div>
      <Autocomplete
        label={t("method")}
        placeholder={t("anyMethod")}
        data={METHODS}
        clearable={false}
        {...form.getInputProps("method")}
        onChange={(value) => form.setFieldValue("method", value.toUpperCase())}
      />
      <HeaderRows
        form={form}
        path="headers"
        rows={form.values.headers}
        texts={{
          legend: t("headers"),
          help: t("headersHelp"),
          add: t("addHeader"),
          name: t("headerName"),
          value: t("headerValue"),
          nameOf: (number) => t("headerNameOf", { number }),
          valueOf: (number) => t("headerValueOf", { number }),
          remove: (number) => t("removeHeader", { number }),
        }}
      />
      <RouteTargetFields form={form} pools={pools} />
      {form.values.kind === "pool" && <RouteServiceFields form={form} pools={pools} />}
      {form.values.kind === "pool" && (
        <HeaderEditFields form={form} path="requestHeaders" values={form.values.requestHeaders} />
      )}
      <HeaderEditFields form={form} path="responseHeaders" values={form.values.responseHeaders} />
      <RouteLimitFields form={form} />
      <RouteRecordingFields form={form} />
      <TextInput
        inputWrapperOrder={HELP_BELOW}
        label={t("name")}
        description={t("nameHelp")}
        {...form.getInputProps("name")}
      />
    </FormModal>
  );
}
