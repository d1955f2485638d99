// Runs in the browser before any page's code.

// The pages' policy lets no text become code, and the browser reports even that zod tries. Set as zod keeps it, since most
// pages load without zod.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
