"use client";
import { Modal, type ModalProps } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useFocusBack } from "./use-focus-back.ts";

/** A dialog that is there only while it is open. Escape leaves it, and the focus is where it was before. */
export function Dialog(props: Omit<ModalProps, "opened">) {
  const common = useTranslations("common");
  useFocusBack();
  return <Modal opened closeButtonProps={{ "aria-label": common("close") }} {...props} />;
}
