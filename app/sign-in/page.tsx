import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SignInForm } from "#components/sign-in/sign-in-form.tsx";
import { readOidcSettings } from "#lib/contracts/oidc.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signIn"))("title") };
}

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { next, failed } = await searchParams;
  const oidc = readOidcSettings(process.env);
  return (
    <SignInForm
      next={typeof next === "string" ? next : undefined}
      failed={typeof failed === "string" ? failed : undefined}
      elsewhere={oidc && { label: oidc.label }}
    />
  );
}
