"use client";
import { Button, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Dialog } from "#components/forms/dialog.tsx";
import classes from "#components/forms/forms.module.css";
import { rangeFault, type TimeRange } from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { fromWallText, toWallText } from "#lib/core/wall-time.ts";

type Props = TimeRange & { onChoose: (range: { fromMs: number; toMs: number }) => void; onClose: () => void };

/** A range from an instant to another, by the clocks of the zone in which times are shown. */
export function OwnRange({ rangeMs, toMs = Date.now(), onChoose, onClose }: Props) {
  const t = useTranslations("shell.range");
  const common = useTranslations("common");
  const { timeZone, zone } = useFormats();
  const [from, setFrom] = useState(() => toWallText(timeZone, toMs - rangeMs));
  const [to, setTo] = useState(() => toWallText(timeZone, toMs));
  const [isTried, setTried] = useState(false);
  const [fromMs, untilMs] = [fromWallText(timeZone, from), fromWallText(timeZone, to)];
  const fault = rangeFault(fromMs, untilMs);
  return (
    <Dialog onClose={onClose} title={t("own")}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault !== null || fromMs === null || untilMs === null) return;
          onChoose({ fromMs, toMs: untilMs });
          onClose();
        }}
      >
        <TextInput
          type="datetime-local"
          label={t("from")}
          description={t("zone", { zone: zone(fromMs ?? toMs) })}
          data-autofocus
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={t("to")}
          description={t("zone", { zone: zone(untilMs ?? toMs) })}
          error={isTried && fault !== null ? t(`fault.${fault}`) : undefined}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <div className={classes.footer}>
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit">{t("show")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
