"use client";
import { Switch } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { ALERT_SIGNAL_KEY } from "#components/shell/alert-signal.tsx";
import { canNotify } from "#lib/client/browser-notices.ts";

/** Lets this browser tell of new alerts by itself; asked of the person, never taken. */
export function SignalSwitch() {
  const t = useTranslations("alerts.signal");
  const [isOn, setOn] = useState(false);
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    setOn(localStorage.getItem(ALERT_SIGNAL_KEY) === "on" && canNotify());
  }, []);
  const change = async (wanted: boolean) => {
    const permission = wanted && "Notification" in window ? await Notification.requestPermission() : "denied";
    const isGranted = wanted && permission === "granted";
    setRefused(wanted && !isGranted);
    setOn(isGranted);
    localStorage.setItem(ALERT_SIGNAL_KEY, isGranted ? "on" : "off");
  };
  return (
    <Switch
      size="xs"
      label={t("label")}
      error={isRefused ? t("refused") : undefined}
      checked={isOn}
      onChange={(event) => void change(event.currentTarget.checked)}
    />
  );
}
