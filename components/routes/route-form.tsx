"use client";
import { ActionIcon, Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { FormModal } from "#components/forms/form-modal.tsx";
import forms from "#components/forms/forms.module.css";
import { type ConfigForm, useConfigForm } from "#components/forms/use-config-form.ts";
import { changedFields } from "#lib/client/forms.ts";
import { createRoute, updateRoute } from "#lib/client/mutations.ts";
import { RouteInput } from "#lib/contracts/config.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { headerFaults, type RouteValues, routeInput, routePath, routeValues } from "./route-values.ts";
import classes from "./routes.module.css";

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
  const [initial] = useState<RouteValues>(() =>
    route
      ? routeValues(route)
      : {
          name: "",
          host: "",
          pathPrefix: "",
          method: "",
          headers: [],
          poolId: pools.length === 1 ? (pools[0]?.id ?? "") : "",
        },
  );
  const config = useConfigForm<RouteValues, typeof RouteInput>({
    initial,
    schema: RouteInput,
    toInput: routeInput,
    check: headerFaults,
    rename: routePath,
    save: async (input, ifMatch) => {
      if (!route) return createRoute(input, ifMatch);
      const patch = changedFields(RouteInput.parse(routeInput(initial)), input);
      return Object.keys(patch).length > 0 ? updateRoute(route.id, patch, ifMatch) : undefined;
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
      <div className={forms.grid}>
        <Autocomplete
          label={t("method")}
          placeholder={t("anyMethod")}
          data={METHODS}
          clearable={false}
          {...form.getInputProps("method")}
          onChange={(value) => form.setFieldValue("method", value.toUpperCase())}
        />
        <Select
          label={t("pool")}
          placeholder={t("poolPlaceholder")}
          data={pools.map((pool) => ({ value: pool.id, label: pool.name }))}
          searchable
          {...form.getInputProps("poolId")}
        />
      </div>
      <HeaderRows config={config} />
      <TextInput
        inputWrapperOrder={HELP_BELOW}
        label={t("name")}
        description={t("nameHelp")}
        {...form.getInputProps("name")}
      />
    </FormModal>
  );
}

function HeaderRows({ config: { form } }: { config: ConfigForm<RouteValues> }) {
  const t = useTranslations("routes.form");
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{t("headers")}</legend>
      <p className={classes.help}>{t("headersHelp")}</p>
      {form.values.headers.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className={classes.header}>
          <TextInput
            aria-label={t("headerNameOf", { number: index + 1 })}
            placeholder={t("headerName")}
            {...form.getInputProps(`headers.${index}.name`)}
          />
          <TextInput
            aria-label={t("headerValueOf", { number: index + 1 })}
            placeholder={t("headerValue")}
            {...form.getInputProps(`headers.${index}.value`)}
          />
          <ActionIcon
            aria-label={t("removeHeader", { number: index + 1 })}
            onClick={() => form.removeListItem("headers", index)}
          >
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => form.insertListItem("headers", { name: "", value: "" })}
        >
          {t("addHeader")}
        </Button>
      </div>
    </fieldset>
  );
}
