"use client";
import { MultiSelect, Select, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiFormModal } from "#components/forms/api-form-modal.tsx";
import { type ApiForm, useApiForm } from "#components/forms/use-api-form.ts";
import { useServerNow } from "#lib/client/live.tsx";
import { createToken } from "#lib/client/mutations.ts";
import { keys, poolsQuery } from "#lib/client/queries.ts";
import { type NewToken, TokenInput } from "#lib/contracts/access.ts";
import { ROLES, type Role } from "#lib/contracts/common.ts";

const DAY_MS = 86_400_000;
/** Days that a token may be valid for; 0 is without end. */
const LIVES = [7, 30, 90, 365, 0] as const;

type Values = { name: string; role: Role; days: string; poolIds: string[] };

type Props = { onClose: () => void; onMade: (token: NewToken) => void };

function useTokenForm(onMade: Props["onMade"]): ApiForm<Values> {
  const client = useQueryClient();
  const nowMs = useServerNow();
  return useApiForm({
    initial: { name: "", role: "viewer", days: "90", poolIds: [] } as Values,
    schema: TokenInput,
    toInput: ({ name, role, days, poolIds }) => ({
      name,
      role,
      expiresAt: days === "0" ? null : new Date(nowMs + Number(days) * DAY_MS).toISOString(),
      poolIds: poolIds.length > 0 ? poolIds : null,
    }),
    send: createToken,
    onDone: (token) => {
      void client.invalidateQueries({ queryKey: keys.tokens });
      onMade(token);
    },
  });
}

function TokenFields({ form }: Pick<ApiForm<Values>, "form">) {
  const t = useTranslations("settings.tokens.form");
  const common = useTranslations("common");
  const pools = useQuery(poolsQuery).data ?? [];
  const lives = LIVES.map((days) => ({
    value: String(days),
    label: days === 0 ? t("forever") : t("days", { count: days }),
  }));
  return (
    <>
      <TextInput label={t("name")} description={t("nameHelp")} data-autofocus {...form.getInputProps("name")} />
      <Select
        label={t("role")}
        data={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps("role")}
      />
      <MultiSelect
        label={t("pools")}
        description={t("poolsHelp")}
        placeholder={form.values.poolIds.length > 0 ? undefined : t("allPools")}
        data={pools.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("noPools") }}
        {...form.getInputProps("poolIds")}
      />
      <Select label={t("expires")} data={lives} allowDeselect={false} {...form.getInputProps("days")} />
    </>
  );
}

export function NewTokenForm({ onClose, onMade }: Props) {
  const t = useTranslations("settings.tokens.form");
  const api = useTokenForm(onMade);
  return (
    <ApiFormModal title={t("title")} api={api} submitLabel={t("create")} onClose={onClose}>
      <TokenFields form={api.form} />
    </ApiFormModal>
  );
}
