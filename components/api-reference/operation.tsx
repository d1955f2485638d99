"use client";
import { IconChevronRight } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import type { ApiOperation, Schemas } from "#lib/client/api-reference.ts";
import classes from "./api-reference.module.css";
import { OperationDetail } from "./operation-detail.tsx";

type Props = {
  operation: ApiOperation;
  schemas: Schemas;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
};

/** One endpoint: a line that opens to everything about it. */
export function Operation({ operation, schemas, isOpen, onToggle }: Props) {
  const t = useTranslations("apiReference");
  const { id, method, path, summary, role } = operation;
  const item = useRef<HTMLLIElement>(null);
  const wasOpen = useRef(false);
  // Who comes by a link sees what it leads to; who opens a line has it before them already.
  useEffect(() => {
    if (isOpen && !wasOpen.current && item.current && item.current.getBoundingClientRect().top > innerHeight)
      item.current.scrollIntoView({ block: "start" });
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <li ref={item} id={id} className={classes.operation}>
      <button
        type="button"
        className={classes.line}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-detail` : undefined}
        onClick={() => onToggle(!isOpen)}
      >
        <IconChevronRight size={14} aria-hidden className={classes.chevron} />
        <span className={classes.method} data-method={method}>
          {method}
        </span>
        <code className={classes.path}>{path}</code>
        <span className={classes.summary}>{summary}</span>
        <span className={classes.role}>{role ?? t("everybody")}</span>
      </button>
      {isOpen && (
        <div id={`${id}-detail`} className={classes.detail}>
          <OperationDetail operation={operation} schemas={schemas} />
        </div>
      )}
    </li>
  );
}
