"use client";
import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { useIsStale } from "#lib/client/live.tsx";
import { bandPath, type Group, groupsOf, layoutOf, type Placed } from "#lib/client/topology.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { NodeBand, WayBand } from "./bands.tsx";
import { MoreBox, NodeBox, PoolBox, WayBox } from "./boxes.tsx";
import classes from "./topology.module.css";

/** Narrower than this there is no room for bands: what belongs together stands below each other. */
const NARROW_PX = 720;
/** Of the whole width: boxes, and the bands between them. */
const BOX_PART = 0.24;

type Props = { routes: readonly RouteView[]; pools: readonly PoolView[]; poolId: string | null };

/** Routes, pools and nodes in three columns with bands between them, or as a list where there is no room. */
export function Topology({ routes, pools, poolId }: Props) {
  const { ref, width } = useElementSize();
  const isStale = useIsStale();
  const groups = useMemo(() => groupsOf(routes, pools, poolId), [routes, pools, poolId]);
  return (
    <div ref={ref} className={classes.whole} data-stale={isStale || undefined}>
      {width >= NARROW_PX ? <Drawing groups={groups} width={width} /> : width > 0 && <List groups={groups} />}
    </div>
  );
}

function List({ groups }: { groups: readonly Group[] }) {
  return (
    <ul className={classes.list}>
      {groups.map(({ pool, ways, nodes, hidden }) => (
        <li key={pool.id}>
          {ways.map((way) => (
            <WayBox key={way.route?.id ?? "rest"} way={way} />
          ))}
          <PoolBox pool={pool} />
          <ul className={classes.below}>
            {nodes.map((node) => (
              <li key={node.id}>
                <NodeBox node={node} />
              </li>
            ))}
            {hidden > 0 && (
              <li>
                <MoreBox poolId={pool.id} count={hidden} />
              </li>
            )}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Drawing({ groups, width }: { groups: readonly Group[]; width: number }) {
  const layout = useMemo(() => layoutOf(groups), [groups]);
  const box = Math.round(width * BOX_PART);
  const lefts = [0, Math.round((width - box) / 2), width - box] as const;
  return (
    <div className={classes.drawing} style={{ height: layout.heightPx }}>
      <svg className={classes.bands} width={width} height={layout.heightPx} aria-hidden="true">
        {groups.map((group, index) => (
          <Bands key={group.pool.id} group={group} placed={layout.groups[index] as Placed} lefts={lefts} box={box} />
        ))}
      </svg>
      {groups.map(({ pool, ways, nodes, hidden }, index) => {
        const placed = layout.groups[index] as Placed;
        const at = (column: 0 | 1 | 2, top: number) => ({ left: lefts[column], top, width: box });
        return (
          <div key={pool.id}>
            {ways.map((way, row) => (
              <WayBox key={way.route?.id ?? "rest"} way={way} style={at(0, placed.ways[row] ?? 0)} />
            ))}
            <PoolBox pool={pool} style={at(1, placed.pool)} />
            {nodes.map((node, row) => (
              <NodeBox key={node.id} node={node} style={at(2, placed.nodes[row] ?? 0)} />
            ))}
            {hidden > 0 && <MoreBox poolId={pool.id} count={hidden} style={at(2, placed.more)} />}
          </div>
        );
      })}
    </div>
  );
}

type BandsProps = { group: Group; placed: Placed; lefts: readonly [number, number, number]; box: number };

function Bands({ group: { ways, nodes }, placed, lefts, box }: BandsProps) {
  return (
    <>
      {ways.map((way, row) => (
        <WayBand
          key={way.route?.id ?? "rest"}
          way={way}
          path={bandPath(lefts[0] + box, placed.ways[row] ?? 0, lefts[1], placed.pool)}
        />
      ))}
      {nodes.map((node, row) => (
        <NodeBand
          key={node.id}
          node={node}
          path={bandPath(lefts[1] + box, placed.pool, lefts[2], placed.nodes[row] ?? 0)}
        />
      ))}
    </>
  );
}
