// The contracts speak English, also to programs; here their sentences become the key of a message and the values that it speaks of, so
// that forms say them in the person's language. What a sentence quotes of the input (a name, a character) is a value.

const SENTENCES = {
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
  "must be an address such as http://{host}:9100/metrics": "scrapeUrl",
  "must not carry a fragment": "noFragment",
  "must not be empty while nodes are asked": "scrapeUrlNeeded",
  "must not be longer than the interval": "longerThanInterval",
  'must be like name or name{label="value"}': "series",
  'labels must be like label="value", label!="value", label=~"pattern" or label!~"pattern"': "seriesLabels",
  "must be an http or https URL without user, query and fragment": "collector",
  "must be like deployment.environment=prod,region=eu": "attributes",
  "is written by the exporter itself": "exporterHeader",
  "is needed where traces are on": "collectorNeeded",
  "has more than 20 headers": "twentyHeaders",
  "must be given with the other half of the pair": "otherHalf",
  "is given by another credential": "otherCredential",
  "must be 1 to 63 lower-case letters, digits and inner dashes": "ruleKey",
  "must name a window": "required",
  "is required, unless the route answers by itself (action)": "poolOrAction",
  "must be null for a route that leads to a pool (poolId)": "noAction",
  "is for routes that lead to a pool": "ofPoolRoutes",
  "is not a header value, or empty": "headerValue",
  "must not be never for sameSite none: browsers keep such a cookie only if it is Secure": "secureForNone",
  "must be always for a name that begins with __Secure- or __Host-": "secureForPrefix",
  "must be empty for a name that begins with __Host-": "hostCookieDomain",
  "must be / for a name that begins with __Host-": "hostCookiePath",
  "is not a name of a cookie or header": "cookieName",
  "must be a domain name": "domain",
  "must start with / and hold no spaces and no semicolon": "cookiePath",
  "must be a status such as 503, or a class such as 5xx": "statusOrClass",
  "must name a kind, a rule, a level, a pool, a node or a label": "matchSomething",
  "must say why": "reason",
  "must be after startsAt": "endAfterStart",
  "must be the name of a time zone, such as Europe/Berlin": "timeZone",
  "must be a time of day such as 02:30": "timeOfDay",
  "must not name a pool twice": "poolTwice",
  "repeats too much: its counts in braces multiply beyond what is matched": "patternCostly",
} as const;

/** Sentences with something of the input in them; their groups are the values. */
const PATTERNS = [
  [/^(?<found>.+) is not known: it may name \{url\}, \{scheme\}, \{host\} and \{port\}$/, "placeholder"],
  [/^must not have (?<name>.+): the exporter writes it itself$/, "exporterAttribute"],
  [/^has (?<name>.+) twice$/, "attributeTwice"],
  [/^has a value of (?<name>.+) that is not percent-encoded$/, "percentEncoded"],
  [/^the classes reserve more than (?<limit>\d+) % together$/, "reservedTogether"],
  [/^must be at most (?<limit>\d+) labels$/, "fewLabels"],
  [/^must be at most (?<limit>\d+) days after its start$/, "daysAfterStart"],
  [/^(?:is longer|has more) than (?<limit>\d+) characters$/, "tooLong"],
  // Regular expressions (lib/contracts/pattern.ts), by themselves or of a label.
  [/^has a \) without \( (?<at>\d+)$/, "patternClosing"],
  [/^has a \( without \) (?<at>\d+)$/, "patternOpening"],
  [/^has a \[ without \] (?<at>\d+)$/, "patternBrackets"],
  [/^has a count whose end is below its start (?<at>\d+)$/, "patternCount"],
  [/^has a (?<found>.+) with nothing to repeat (?<at>\d+)$/, "patternRepeat"],
  [/^looks around or sets flags, which cannot be matched in linear time (?<at>\d+)$/, "patternLooks"],
  [/^has more than (?<limit>\d+) groups inside each other (?<at>\d+)$/, "patternDeep"],
  [/^refers back to a group, which cannot be matched in linear time (?<at>\d+)$/, "patternBack"],
  [/^has (?<found>\\.*) without (?<limit>\d+) hex digits (?<at>\d+)$/, "patternHex"],
  [/^has (?<found>\\.*), which means nothing here (?<at>\d+)$/, "patternEscape"],
  [/^has a range in brackets that runs backwards (?<at>\d+)$/, "patternRange"],
] as const satisfies readonly (readonly [RegExp, string])[];

type Sentence = keyof typeof SENTENCES;
export type ContractRule = {
  readonly key: (typeof SENTENCES)[Sentence] | (typeof PATTERNS)[number][1];
  readonly values: Record<string, string>;
};

/** Null: the sentence is none of these, and is shown as it is. */
export function contractRule(message: string): ContractRule | null {
  if (Object.hasOwn(SENTENCES, message)) return { key: SENTENCES[message as Sentence], values: {} };
  // What is said of the pattern of a label is said of any.
  const bare = message.replace(/^the pattern (?:of \S+ )?/, "").replace(/ \(at character (\d+)\)$/, " $1");
  for (const [pattern, key] of PATTERNS) {
    const { groups } = pattern.exec(bare) ?? {};
    if (groups) return { key, values: { ...groups } };
  }
  return null;
}
