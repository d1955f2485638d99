import { LanguageSwitch } from "./language-switch.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { TimeZoneSwitch } from "./time-zone-switch.tsx";
import { UserMenu } from "./user-menu.tsx";

/** What a person sets for themselves: time zone, language, theme, account. */
export function Preferences() {
  return (
    <>
      <TimeZoneSwitch />
      <LanguageSwitch />
      <ThemeSwitch />
      <UserMenu />
    </>
  );
}
