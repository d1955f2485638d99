"use client";
import { Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { ShareBar } from "#components/data/share-bar.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeShare, PoolShares, ShareSide } from "#lib/contracts/comparison.ts";
import { ChangeTag } from "./change-tag.tsx";
import classes from "./diff.module.css";
import type { SideNames } from "./diff-fields.tsx";
import { shareDelta, sharesWorthShowing } from "./share-rows.ts";
import { useShareReason } from "./use-share-reason.ts";

type Props = { shares: readonly PoolShares[]; sides: SideNames };

/** What becomes of each node's share of its pool's requests, as the nodes are now. */
export function ShareChanges({ shares, sides }: Props) {
  const t = useTranslations("diff.share");
  if (shares.length === 0) return <p className={classes.quiet}>{t("none")}</p>;
  return (
    <div className={classes.shares}>
      <p className={classes.quiet}>{t("hint")}</p>
      {shares.map((pool) => (
        <PoolShareTable key={pool.id} pool={pool} sides={sides} />
      ))}
    </div>
  );
}

function PoolShareTable({ pool, sides }: { pool: PoolShares; sides: SideNames }) {
  const t = useTranslations("diff.share");
  const [showsAll, setShowsAll] = useState(false);
  const columns: Column[] = [
    { key: "node", label: t("node") },
    { key: "before", label: sides.before },
    { key: "after", label: sides.after },
    { key: "delta", label: t("delta"), isNumber: true },
  ];
  const rows = sharesWorthShowing(pool.nodes, showsAll);
  const hidden = pool.nodes.length - rows.length;
  return (
    <div className={classes.sharePool} data-pool={pool.name}>
      <h3 className={classes.groupTitle}>
        {pool.name} {pool.change !== "changed" && <ChangeTag change={pool.change} />}
      </h3>
      <DataTable label={t("of", { pool: pool.name })} columns={columns}>
        {rows.map((node) => (
          <NodeShareRow key={node.id} node={node} />
        ))}
      </DataTable>
      {hidden > 0 && (
        <Button variant="default" className={classes.more} onClick={() => setShowsAll(true)}>
          {t("more", { count: hidden })}
        </Button>
      )}
    </div>
  );
}

function NodeShareRow({ node }: { node: NodeShare }) {
  const t = useTranslations("diff.share");
  const formats = useFormats();
  const delta = shareDelta(node);
  return (
    <tr data-node={node.name}>
      <td>
        <strong>{node.name}</strong> {node.before === null && <ChangeTag change="added" />}
        {node.after === null && <ChangeTag change="removed" />}
      </td>
      <td>
        <Side side={node.before} />
      </td>
      <td>
        <Side side={node.after} />
      </td>
      <td className={tableClasses.number}>
        {delta === 0
          ? t("same")
          : t(delta > 0 ? "more-points" : "fewer-points", { points: formats.percent(Math.abs(delta)) })}
      </td>
    </tr>
  );
}

function Side({ side }: { side: ShareSide | null }) {
  const formats = useFormats();
  const reasonOf = useShareReason();
  if (side === null) return <span className={tableClasses.mute}>{MISSING}</span>;
  const reason = reasonOf(side.reason);
  return (
    <>
      <ShareBar ratio={side.ratio} />
      <span className={classes.ratio}>{formats.percent(side.ratio)}</span>
      {reason && <span className={classes.reason}>{reason}</span>}
    </>
  );
}
