/** Between two attempts: as long as a web process takes to come back, and then less often. */
const PAUSES_MS = [500, 1_000, 2_000, ...Array<number>(24).fill(5_000)];

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Code that a page loads when it needs it, asked for again while the server is away: nothing of a page that is open fails
 * because its web process is started anew. What is not there after two minutes is gone, as after an upgrade.
 * @param load an `import()`, which the bundler must see
 * @param wait in milliseconds; of the clock, unless given
 * @throws what the last attempt met
 */
export const patiently =
  <T>(load: () => Promise<T>, wait: (ms: number) => Promise<void> = pause) =>
  async (): Promise<T> => {
    for (const ms of PAUSES_MS)
      try {
        return await load();
      } catch {
        await wait(ms);
      }
    return load();
  };
