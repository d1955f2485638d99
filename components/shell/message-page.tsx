"use client";
import { Button, Center, Group, Stack, Text, Title } from "@mantine/core";
import type { Route } from "next";
import Link from "next/link";
import { useTranslations } from "next-intl";

/** A page that only says something: no such page, or one that failed. */
export function MessagePage({ title, text, onRetry }: { title: string; text: string; onRetry?: () => void }) {
  const t = useTranslations("errors.notFound");
  const common = useTranslations("common");
  return (
    <Center component="main" id="main" mih="70dvh" p="lg">
      <Stack align="center" gap="xs" ta="center">
        <Title order={1} fz="xl">
          {title}
        </Title>
        <Text c="dimmed" maw="56ch">
          {text}
        </Text>
        <Group gap="xs" mt="xs">
          {onRetry && <Button onClick={onRetry}>{common("retry")}</Button>}
          <Button variant="default" component={Link} href={"/" as Route}>
            {t("home")}
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}
