import { queryOptions } from "@tanstack/react-query";
import { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import { listOf } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { history } from "./history.ts";
import { type DeliveryFilter, keys } from "./queries.ts";

/** Nobody tells of what was sent: it is seen within some seconds. */
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: async ({ signal }) => (await call("/notification-channels", listOf(ChannelView), { signal })).items,
  refetchInterval: 10_000,
});
export const deliveriesQuery = (filter: DeliveryFilter = {}) => ({
  ...history(keys.deliveries(filter), "/notification-deliveries", Delivery, filter),
  refetchInterval: 10_000,
});
