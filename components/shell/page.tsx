"use client";
import { Ready } from "#components/data/ready.tsx";
import { PendingBar } from "#components/staging/pending-bar.tsx";
import classes from "./page.module.css";
import { TopBar } from "./top-bar.tsx";

type Props = {
  title: string;
  /** Where this page lies below: shown before the title as a link. */
  parent?: { title: string; href: string };
  /** Controls of this page in the top bar, such as the time range. */
  tools?: React.ReactNode;
  children: React.ReactNode;
};

/** Frame of every page: top bar with its title, and its content. */
export function Page({ title, parent, tools, children }: Props) {
  return (
    <>
      <TopBar title={title} parent={parent} tools={tools} />
      <Ready>
        <PendingBar />
      </Ready>
      {/* The landmark is always there. Its content takes no press before there is code to answer: it would be lost. */}
      <main id="main" className={classes.main} tabIndex={-1}>
        <Ready>{children}</Ready>
      </main>
    </>
  );
}
