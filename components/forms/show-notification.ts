import type { NotificationData } from "@mantine/notifications";
import { useSyncExternalStore } from "react";
import { patiently } from "#lib/client/patiently.ts";

// What draws notifications, and the place where they stand, is loaded when there is one to show: most visits see none.
const load = patiently(() => import("@mantine/notifications").then((module) => module.notifications));
let count = 0;
const listeners = new Set<() => void>();

/** Shows a notification. @returns how to take it away again */
export function showNotification(notification: Omit<NotificationData, "id">): () => void {
  count++;
  if (count === 1) for (const listener of listeners) listener();
  const id = `notification-${count}`;
  void load().then(({ show }) => show({ ...notification, id }));
  return () => void load().then(({ hide }) => hide(id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether there was anything to show yet. */
export const useHadNotifications = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => count > 0,
    () => false,
  );
