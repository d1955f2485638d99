const cleanUps: (() => Promise<void> | void)[] = [];
export const onCleanUp = (cleanUp: () => Promise<void> | void): void => void cleanUps.push(cleanUp);
/** Closes whatever the test opened; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const step of cleanUps.splice(0).reverse()) await step();
}
