"use client";
import { TagsInput } from "@mantine/core";
import { HELP_BELOW } from "./field-order.ts";

type Props = {
  label: string;
  description: React.ReactNode;
  value?: string[];
  onChange?: (texts: string[]) => void;
  error?: React.ReactNode;
  disabled?: boolean;
  className?: string;
};

/** Labels, or matchers of them, each as people write it: `env=prod`. A regular expression may hold commas, so only Enter ends one. */
export const LabelsInput = (props: Props) => (
  <TagsInput {...props} inputWrapperOrder={HELP_BELOW} splitChars={[]} acceptValueOnBlur />
);
