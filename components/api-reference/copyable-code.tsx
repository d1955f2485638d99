"use client";
import { Button, CopyButton } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "./api-reference.module.css";

export function CopyableCode({ text }: { text: string }) {
  const common = useTranslations("common");
  return (
    <div className={classes.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy}>
            {copied ? common("copied") : common("copy")}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
