import { useTranslations } from "next-intl";
import { MessagePage } from "#components/shell/message-page.tsx";

export default function NotFound() {
  const t = useTranslations("errors.notFound");
  return <MessagePage title={t("title")} text={t("text")} />;
}
