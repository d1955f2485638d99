"use client";
import { Textarea, type TextareaProps } from "@mantine/core";
import { HELP_BELOW } from "./field-order.ts";
import classes from "./forms.module.css";

/** Text in PEM, as people paste it: many lines of letters of one width, in no language. */
export function PemInput(props: TextareaProps) {
  return (
    <Textarea
      inputWrapperOrder={HELP_BELOW}
      className={classes.whole}
      classNames={{ input: classes.pem }}
      autosize
      minRows={3}
      maxRows={8}
      spellCheck={false}
      autoComplete="off"
      autoCorrect="off"
      autoCapitalize="off"
      {...props}
    />
  );
}
