// The browser's own notifications. Some browsers have none, and some have them for workers only and throw when a page makes one.

export const canNotify = (): boolean => "Notification" in window && Notification.permission === "granted";

/** Shows one, if this browser does; never throws. */
export function showNotice(title: string, options: NotificationOptions, onClick: () => void): void {
  if (!canNotify()) return;
  try {
    new Notification(title, options).onclick = onClick;
  } catch {
    // Of pages it has none (Chrome on Android): the count in the title is what is left.
  }
}
