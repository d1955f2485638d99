"use client";
import { ActionIcon } from "@mantine/core";
import { IconCheck, IconDots, IconPhoto, IconTable } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { LazyMenu } from "#components/forms/lazy-menu.tsx";
import { useNotify } from "#components/forms/use-notify.ts";
import { useComparison } from "#components/shell/range.tsx";
import { chartCsv } from "#lib/client/chart-csv.ts";
import { fileName, saveFile } from "#lib/client/save-file.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { type Line, lineColour } from "./lines.ts";
import type { ChartData } from "./use-chart-data.ts";

type Props = {
  title: string;
  unit: string;
  lines: readonly Line[];
  data: ChartData;
  /** What holds the drawing. */
  box: React.RefObject<HTMLElement | null>;
};

/** What else there is to do with a chart: compare it with the period before, take it along as a table or a picture. */
export function ChartMenu({ title, unit, lines, data, box }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const notify = useNotify();
  const { isComparing, setComparing } = useComparison();
  const [fromMs, toMs] = data.domain;
  const name = (ending: string) => fileName([title, new Date(toMs).toISOString()], ending);
  const saveCsv = () => {
    const columns = lines.map(({ field, label }) => ({ field, label: `${label} (${unit})` }));
    const before = data.previous && { points: data.previous, label: (line: string) => t("before", { line }) };
    saveFile(name("csv"), chartCsv({ points: data.points, columns, timeLabel: t("time"), before }), "text/csv");
  };
  const savePng = async () => {
    if (!box.current) return;
    const { chartPng } = await import("#lib/client/chart-png.ts");
    const legend = lines.map(({ label, tone }) => ({ label, colour: lineColour(tone) }));
    const hint = `${unit} · ${formats.span(fromMs, toMs)} ${formats.zone(toMs)}`;
    saveFile(name("png"), await chartPng(box.current, { title, hint, legend }), "image/png");
  };
  return (
    <LazyMenu
      position="bottom-end"
      width={260}
      withInitialFocusPlaceholder={false}
      portalProps={{ target: "#main" }}
      target={
        <ActionIcon variant="subtle" size={24} color="gray" aria-label={t("menu", { title })}>
          <IconDots size={14} aria-hidden="true" />
        </ActionIcon>
      }
    >
      {(Menu) => (
        <>
          {data.zoomTo && (
            <Menu.Item
              role="menuitemcheckbox"
              aria-checked={isComparing}
              leftSection={isComparing ? <IconCheck size={15} aria-hidden="true" /> : <span style={{ width: 15 }} />}
              onClick={() => setComparing(!isComparing)}
            >
              {t("compare")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconTable size={15} stroke={1.7} aria-hidden="true" />} onClick={saveCsv}>
            {t("csv")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPhoto size={15} stroke={1.7} aria-hidden="true" />}
            onClick={() => savePng().catch((error: unknown) => notify.failed(t("png"), error))}
          >
            {t("png")}
          </Menu.Item>
        </>
      )}
    </LazyMenu>
  );
}
