"use client";
import { Select, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { ALGORITHMS, type HashKey } from "#lib/contracts/config.ts";
import { needsName } from "./pool-values.ts";

const SOURCES: HashKey["from"][] = ["client-address", "path", "header", "cookie", "query"];

type Props = {
  algorithm: (typeof ALGORITHMS)[number];
  hashFrom: HashKey["from"];
  /** Mantine's input properties of a field. */
  props: (path: "algorithm" | "hashKey.from" | "hashKey.name") => object;
  disabled?: boolean;
};

/** Algorithm, with what it is good for; for a consistent hash also what the hash is of. */
export function AlgorithmFields({ algorithm, hashFrom, props, disabled }: Props) {
  const t = useTranslations("pools");
  return (
    <>
      <Select
        inputWrapperOrder={HELP_BELOW}
        label={t("field.algorithm")}
        description={t(`algorithmHelp.${algorithm}`)}
        data={ALGORITHMS.map((value) => ({ value, label: t(`algorithm.${value}`) }))}
        disabled={disabled}
        {...props("algorithm")}
      />
      {algorithm === "consistent-hash" && (
        <Select
          label={t("field.hashFrom")}
          data={SOURCES.map((value) => ({ value, label: t(`hashFrom.${value}`) }))}
          disabled={disabled}
          {...props("hashKey.from")}
        />
      )}
      {algorithm === "consistent-hash" && needsName(hashFrom) && (
        <TextInput
          label={t("field.hashName", { from: t(`hashFrom.${hashFrom}`) })}
          disabled={disabled}
          {...props("hashKey.name")}
        />
      )}
    </>
  );
}
