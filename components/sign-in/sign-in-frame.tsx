import { Ready } from "#components/data/ready.tsx";
import { Brand } from "#components/shell/brand.tsx";
import { DatabaseBanner } from "#components/shell/database-banner.tsx";
import { LanguageSwitch } from "#components/shell/language-switch.tsx";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";
import classes from "./sign-in-form.module.css";

/** Frame of the pages that one sees before signing in. */
export function SignInFrame({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <>
      <DatabaseBanner />
      <div className={classes.page}>
        <div className={classes.switches}>
          <Ready>
            <LanguageSwitch />
            <ThemeSwitch />
          </Ready>
        </div>
        <main className={classes.card}>
          <Brand />
          <h1 className={classes.title}>{title}</h1>
          {children}
        </main>
      </div>
    </>
  );
}
