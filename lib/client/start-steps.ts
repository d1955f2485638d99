// What is known of the first steps outside of React.

/** As far back as traffic is looked for. */
export const MONTH_RANGE = { rangeMs: 2_592_000_000 };

/** "done": this browser is done with the first steps. The server draws the overview with or without them. */
export const START_STEPS_COOKIE = "gb_start_steps";
const YEAR_S = 31_536_000;

export function rememberStartSteps(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing outside secure contexts
  document.cookie = `${START_STEPS_COOKIE}=done; path=/; max-age=${YEAR_S}; samesite=lax`;
}
