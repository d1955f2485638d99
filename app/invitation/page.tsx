import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { InvitationForm } from "#components/invitation/invitation-form.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("invitation"))("title") };
}

export default function InvitationPage() {
  return <InvitationForm />;
}
