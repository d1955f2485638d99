// What every page knows of roles, without the schemas: most pages need no more.
export const ROLES = ["viewer", "operator", "publisher", "admin"] as const;
export type Role = (typeof ROLES)[number];
/** Whether `role` may do what needs `needed`; each role includes the ones before it. */
export const roleAllows = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);
