// Of what and by what there is a list of the first, without the schemas: pages that choose need no more.
export const TOP_OF = ["pool", "node", "route", "class"] as const;
export const TOP_BY = ["requests", "errors", "p99"] as const;
export type TopBy = (typeof TOP_BY)[number];
