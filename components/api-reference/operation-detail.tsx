"use client";
import { useTranslations } from "next-intl";
import {
  type ApiOperation,
  curlOf,
  limitsText,
  type Parameter,
  type Schemas,
  typeText,
} from "#lib/client/api-reference.ts";
import classes from "./api-reference.module.css";
import { CopyableCode } from "./copyable-code.tsx";
import { MarkedText } from "./marked-text.tsx";
import { SchemaFields } from "./schema-fields.tsx";

/** What an endpoint takes and answers, and a command that calls it. */
export function OperationDetail({ operation, schemas }: { operation: ApiOperation; schemas: Schemas }) {
  const t = useTranslations("apiReference");
  const { id, description, body, parameters, responses, role } = operation;
  return (
    <>
      <p className={classes.facts}>
        <span>{role === null ? t("needsNobody") : t("needsRole", { role })}</span>
        <a href={`?op=${id}`}>{t("link")}</a>
      </p>
      {description !== "" && <MarkedText text={description} />}
      <h3>{t("example")}</h3>
      <CopyableCode text={curlOf(operation, location.origin, schemas)} />
      {parameters.length > 0 && (
        <>
          <h3>{t("parameters")}</h3>
          <dl className={classes.fields}>
            {parameters.map((parameter) => (
              <ParameterEntry key={`${parameter.in} ${parameter.name}`} parameter={parameter} schemas={schemas} />
            ))}
          </dl>
        </>
      )}
      {body && (
        <>
          <h3>{t("body", { type: [body.type, ...body.otherTypes].join(", ") })}</h3>
          <SchemaFields schema={body.schema} schemas={schemas} />
        </>
      )}
      <h3>{t("responses")}</h3>
      {responses.map(({ status, description: told, type, schema }) => (
        <section key={status} className={classes.response}>
          <h4>
            <span className={classes.status} data-good={status.startsWith("2") || undefined}>
              {status}
            </span>
            {type !== null && <span className={classes.type}>{type}</span>}
          </h4>
          <MarkedText text={told} />
          {schema && status.startsWith("2") && <SchemaFields schema={schema} schemas={schemas} />}
        </section>
      ))}
    </>
  );
}

function ParameterEntry({ parameter, schemas }: { parameter: Parameter; schemas: Schemas }) {
  const t = useTranslations("apiReference");
  const { name, schema = {}, required, description } = parameter;
  return (
    <div className={classes.field}>
      <dt>
        <code>{name}</code>
        <span className={classes.type}>{typeText(schema, schemas)}</span>
        <span className={classes.note}>{t(`in.${parameter.in}`)}</span>
        {required && <span className={classes.required}>{t("required")}</span>}
      </dt>
      <dd>{[description, limitsText(schema)].filter(Boolean).join(" · ")}</dd>
    </div>
  );
}
