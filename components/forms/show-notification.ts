import type { NotificationData } from "@mantine/notifications";
import { patiently } from "#lib/client/patiently.ts";

// What draws notifications is loaded when there is one to show, not with every page.
const load = patiently(() => import("@mantine/notifications").then((module) => module.notifications));
let count = 0;

/** Shows a notification. @returns how to take it away again */
export function showNotification(notification: Omit<NotificationData, "id">): () => void {
  count++;
  const id = `notification-${count}`;
  void load().then(({ show }) => show({ ...notification, id }));
  return () => void load().then(({ hide }) => hide(id));
}
