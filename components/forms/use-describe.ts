"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import type { Describe, FieldFault } from "#lib/client/forms.ts";
import { useFormats } from "#lib/client/use-formats.ts";

// The contracts speak English, also to programs; here their sentences get the person's language.
const CONTRACT_RULES = {
  "must not be empty": "required",
  "must be 1 to 63 letters, digits and _ . / -, beginning with a letter or _": "labelName",
  "must have =, !=, =~ or !~ after the name": "labelOperator",
  "may hold letters, digits, dot, dash, underscore and inner spaces": "name",
  "must be a URL such as http://10.0.0.7:8080": "url",
  "must start with http:// or https://": "scheme",
  "must not carry a user name or password": "userInfo",
  "must not carry a query or a fragment": "query",
  "must name a port from 1 to 65535": "port",
  "is not a header name": "headerName",
  "is not a header value": "headerValue",
  "from must not be above to": "range",
  "must start with / and hold no spaces": "path",
  "must be a host name or *.name, without port": "host",
  "must not hold ? or #": "noQuery",
  "must not hold . or .. segments": "noDots",
  "must be upper-case, such as GET": "method",
  "must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32": "addressRange",
  "is written by the check itself": "ownHeader",
  "at least one level must be on": "oneLevel",
  "is sent with POST only": "postOnly",
  "HEAD brings no body to judge": "headBody",
  "must be a host name, with a port if need be": "hostPort",
  'must be like $.status or $.items[0]["a name"]': "jsonPath",
  "must be certificates in PEM": "pemCertificates",
  "must be a host name, without port": "hostName",
  "must not hold a private key": "noPrivateKey",
  "must say whose certificates are trusted": "authorities",
  "must be text without NUL and without halves of characters": "unstorable",
  "is the proxy's own and cannot be edited": "proxyHeader",
  "is told by contentType": "toldByContentType",
  "must be a URL or a path, such as https://example.org{path}{query}": "location",
  "must be a media type such as text/html": "mediaType",
  "may hold {host} only if the route matches a host": "needsHost",
  "must be empty: answers with this status have no body": "bodyless",
  "must have at most 65536 bytes": "bodyBytes",
  "must be whole seconds": "wholeSeconds",
  "must have at least 12 characters": "password",
  "must be an e-mail address": "email",
  "must have at least 24 characters": "signingSecret",
  "must be an http or https URL": "webUrl",
  "must be a host name or an address": "hostOrAddress",
  "must name somebody": "required",
  "must hold no control characters": "noControls",
  "must not start with // or hold \\": "rewrite",
  "must have at most 50 entries": "fewHeaders",
  "another class has this name": "duplicateHere",
  "must not be below the lowest limit": "belowLowest",
  "default is what the requests of no class are called": "reservedClass",
} as const;
const CODE_RULES = {
  "duplicate-name": "duplicateName",
  "duplicate-here": "duplicateHere",
  "second-default": "secondDefault",
  "unknown-pool": "unknownPool",
  "unknown-class": "unknownClass",
  "route-tie": "routeTie",
  "repeated-header": "repeatedHeader",
  "person-exists": "personExists",
  "already-invited": "alreadyInvited",
  "wrong-password": "wrongPassword",
  "limited-admin": "limitedAdmin",
  "unreadable-certificate": "unreadableCertificate",
  statuses: "statuses",
  headers: "headers",
} as const;

const isIn = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);

/** Says what is wrong with a field, in the person's language; limits get the field's own unit. */
export function useDescribe(): Describe {
  const t = useTranslations("forms.rule");
  const formats = useFormats();
  return useCallback(
    (fault: FieldFault) => {
      if (isIn(CODE_RULES, fault.code)) return t(CODE_RULES[fault.code]);
      if (isIn(CONTRACT_RULES, fault.message)) return t(CONTRACT_RULES[fault.message]);
      const field = String(fault.path.at(-1) ?? "");
      if (fault.code === "invalid_type")
        return fault.origin === "int" ? t("whole") : fault.origin === "number" ? t("number") : t("required");
      if (fault.bound === undefined)
        return fault.code === "invalid_format" && field === "poolId" ? t("choose") : fault.message;
      const isBelow = fault.code === "too_small";
      const count = formats.integer(fault.bound);
      if (fault.origin === "string") return isBelow ? t("required") : t("tooLong", { limit: count });
      if (fault.origin === "array")
        return isBelow ? t("tooFew", { limit: fault.bound }) : t("tooMany", { limit: count });
      const limit = field.endsWith("Ms")
        ? formats.duration(fault.bound)
        : /Ratio$|Threshold$/.test(field)
          ? formats.percent(fault.bound)
          : count;
      return isBelow ? t("atLeast", { limit }) : t("atMost", { limit });
    },
    [t, formats],
  );
}
