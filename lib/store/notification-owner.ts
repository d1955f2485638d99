/** What the sealed target of a notification channel belongs to (lib/store/sealing.ts). */
export const channelOwner = (id: string): string => `notification-channel:${id}`;
