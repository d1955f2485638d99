// What the form of a route holds, and how it becomes the API's input: empty fields are conditions that do not exist.
import type { FieldFault } from "#lib/client/forms.ts";
import type { RouteView } from "#lib/contracts/views.ts";

export type HeaderRow = { name: string; value: string };
export type RouteValues = {
  name: string;
  host: string;
  pathPrefix: string;
  method: string;
  headers: HeaderRow[];
  poolId: string;
};

export const routeValues = ({ name, match, poolId }: RouteView): RouteValues => ({
  name,
  host: match.host ?? "",
  pathPrefix: match.pathPrefix ?? "",
  method: match.method ?? "",
  headers: Object.entries(match.headers ?? {}).map(([header, value]) => ({ name: header, value })),
  poolId,
});

const isEmpty = (row: HeaderRow): boolean => row.name.trim() === "" && row.value.trim() === "";

export function routeInput(values: RouteValues) {
  const headers = values.headers.filter((row) => !isEmpty(row)).map((row) => [row.name.trim(), row.value.trim()]);
  return {
    name: values.name,
    poolId: values.poolId,
    match: {
      ...(values.host.trim() && { host: values.host }),
      ...(values.pathPrefix.trim() && { pathPrefix: values.pathPrefix.trim() }),
      ...(values.method.trim() && { method: values.method.trim() }),
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    },
  };
}

/** Faults of the match stand at the form's own fields; a header is found by its name. */
export function routePath(path: readonly (string | number)[], values: RouteValues): string {
  const [match, field, header] = path;
  if (match !== "match") return path.join(".");
  if (field !== "headers") return String(field ?? "pathPrefix");
  const index = values.headers.findIndex((row) => row.name.trim().toLowerCase() === String(header).toLowerCase());
  return `headers.${Math.max(0, index)}.value`;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Two conditions on one header, or one without a name, cannot be told by the record that the API takes. */
export function headerFaults(values: RouteValues): FieldFault[] {
  const seen = new Set<string>();
  return values.headers.flatMap((row, index) => {
    const name = row.name.trim().toLowerCase();
    if (isEmpty(row)) return [];
    const path = ["headers", index, "name"];
    if (!HEADER_NAME.test(name)) return [{ path, code: "custom", message: "is not a header name" }];
    if (seen.has(name)) return [{ path, code: "repeated-header", message: "" }];
    seen.add(name);
    return [];
  });
}
