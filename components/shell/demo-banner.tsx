"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { demoQuery } from "#lib/client/demo.ts";
import { patiently } from "#lib/client/patiently.ts";

/** Hardly anybody has one, and nobody for long. */
const DemoNotice = dynamic(patiently(() => import("./demo-notice.tsx").then((module) => module.DemoNotice)));

/** On every page while there is a demo fleet, or what one left. */
export function DemoBanner() {
  const { data } = useQuery(demoQuery);
  // There before it has something to say: readers of the screen announce what comes into it.
  return <div role="status">{data && data.state !== "off" && <DemoNotice demo={data} />}</div>;
}
