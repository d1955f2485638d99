import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./globals.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { getLocale, getTimeZone, getTranslations } from "next-intl/server";
import { Providers } from "#components/providers.tsx";
import { Texts } from "#components/texts.tsx";
import { messagesUrl } from "#lib/server/messages-file.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("common");
  return { title: { default: t("product"), template: `%s · ${t("product")}` }, description: t("tagline") };
}

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  const [locale, timeZone] = await Promise.all([getLocale(), getTimeZone()]);
  const url = messagesUrl(locale);
  return (
    <html lang={locale} {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
        <link rel="preload" as="fetch" href={url} crossOrigin="anonymous" />
      </head>
      <body>
        <Texts locale={locale} url={url} timeZone={timeZone}>
          <Providers>{children}</Providers>
        </Texts>
      </body>
    </html>
  );
}
