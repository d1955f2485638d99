"use client";
import { TagsInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "./field-order.ts";
import type { EditValues } from "./header-edits.ts";
import { HeaderRows } from "./header-rows.tsx";

type Props = {
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the form holds
  form: UseFormReturnType<any>;
  path: "requestHeaders" | "responseHeaders";
  values: EditValues;
};

/** Headers that are set, and headers that are removed, of requests or of answers. */
export function HeaderEditFields({ form, path, values }: Props) {
  const t = useTranslations("forms.headerEdits");
  const of = t(path);
  return (
    <>
      <HeaderRows
        form={form}
        path={`${path}.set`}
        rows={values.set}
        texts={{
          legend: t("set", { of }),
          add: t("add", { of }),
          name: t("name"),
          value: t("value"),
          nameOf: (number) => t("nameOf", { number, of }),
          valueOf: (number) => t("valueOf", { number, of }),
          remove: (number) => t("drop", { number, of }),
          ...(path === "requestHeaders" && { secretOf: (number) => t("secretOf", { number, of }) }),
        }}
      />
      <TagsInput
        label={t("remove", { of })}
        description={t("removeHelp")}
        inputWrapperOrder={HELP_BELOW}
        placeholder={values.remove.length === 0 ? t("name") : undefined}
        splitChars={[",", " "]}
        {...form.getInputProps(`${path}.remove`)}
      />
    </>
  );
}
