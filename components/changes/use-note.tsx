"use client";
import { Textarea } from "@mantine/core";
import { useState } from "react";

/** As long as the API takes. */
const MAX_NOTE = 500;

/** What an author says of a publish: the field, and what is in it. */
export function useNote(label: string, more: { placeholder?: string; minRows?: number } = {}) {
  const [text, setText] = useState("");
  const field = (
    <Textarea
      label={label}
      value={text}
      maxLength={MAX_NOTE}
      autosize
      {...more}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
  return { note: text.trim(), field };
}
