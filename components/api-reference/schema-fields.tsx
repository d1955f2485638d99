"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { fieldsOf, limitsText, resolveSchema, type Schema, type Schemas, typeText } from "#lib/client/api-reference.ts";
import classes from "./api-reference.module.css";

/** The fields of a schema; those with fields of their own open when asked, as some schemas hold themselves. */
export function SchemaFields({ schema, schemas }: { schema: Schema; schemas: Schemas }) {
  const t = useTranslations("apiReference");
  const fields = fieldsOf(schema, schemas);
  if (fields.length === 0) return <p className={classes.type}>{typeText(schema, schemas)}</p>;
  const { name } = resolveSchema(schema, schemas);
  return (
    <>
      {name !== null && <p className={classes.note}>{t("schema", { name })}</p>}
      <dl className={classes.fields}>
        {fields.map((field) => (
          <Field key={field.name} {...field} schemas={schemas} />
        ))}
      </dl>
    </>
  );
}

type FieldProps = { name: string; schema: Schema; required: boolean; schemas: Schemas };

function Field({ name, schema, required, schemas }: FieldProps) {
  const t = useTranslations("apiReference");
  const [isOpen, setOpen] = useState(false);
  const { schema: real } = resolveSchema(schema, schemas);
  const hasFields = fieldsOf(schema, schemas).length > 0;
  const about = [schema.description ?? real.description, hasFields ? "" : limitsText(real)].filter(Boolean).join(" · ");
  return (
    <div className={classes.field}>
      <dt>
        <code>{name}</code>
        <span className={classes.type}>{typeText(schema, schemas)}</span>
        {required && <span className={classes.required}>{t("required")}</span>}
        {hasFields && (
          <button
            type="button"
            className={classes.more}
            aria-expanded={isOpen}
            aria-label={t(isOpen ? "closeField" : "openField", { name })}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "−" : "+"}
          </button>
        )}
      </dt>
      {(about !== "" || isOpen) && (
        <dd>
          {about}
          {isOpen && <SchemaFields schema={schema} schemas={schemas} />}
        </dd>
      )}
    </div>
  );
}
