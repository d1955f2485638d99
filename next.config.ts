import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

// Of pages proxy.ts sets a policy with their nonce in place of this one: it is for what only programs read.
const contentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const config: NextConfig = {
  typedRoutes: true,
  poweredByHeader: false,
  serverExternalPackages: ["pg"],
  devIndicators: false,
  // `npm test` checks the types, of everything. A slip in a test's types must not keep the product from starting.
  typescript: { ignoreBuildErrors: true },
  // Writing this cache takes a third of a build's time and 110 MB; the supervisor builds once for each version.
  experimental: { turbopackFileSystemCacheForBuild: false },
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "Content-Security-Policy", value: contentSecurityPolicy },
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
      ],
    },
  ],
};

export default createNextIntlPlugin("./lib/i18n/request.ts")(config);
