"use client";
import { Ready, useIsReady } from "#components/data/ready.tsx";
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
      <Main>{children}</Main>
    </>
  );
}

/** It takes no press before there is code to answer: one on what the server drew would be lost. */
function Main({ children }: { children: React.ReactNode }) {
  const isReady = useIsReady();
  return (
    <main id="main" className={classes.main} tabIndex={-1} inert={!isReady}>
      {children}
    </main>
  );
}
