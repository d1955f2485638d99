/** A breaker's settings for one of `processes` that try the node out at the same time: its part of the trials, at least one. */
export const trialsOf = <B extends { readonly halfOpenRequests: number }>(settings: B, processes: number): B => ({
  ...settings,
  halfOpenRequests: Math.ceil(settings.halfOpenRequests / processes),
});
