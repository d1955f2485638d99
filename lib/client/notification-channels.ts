import { queryOptions } from "@tanstack/react-query";
import type { ChannelView, Delivery } from "#lib/contracts/notifications.ts";
import { call, type ListOf } from "./api.ts";
import { history } from "./history.ts";
import { type DeliveryFilter, keys } from "./queries.ts";

/** Nobody tells of what was sent: it is seen within some seconds. */
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: async ({ signal }) => (await call<ListOf<ChannelView>>("/notification-channels", { signal })).items,
  refetchInterval: 10_000,
});
export const deliveriesQuery = (filter: DeliveryFilter = {}) => ({
  ...history<Delivery>()(keys.deliveries(filter), "/notification-deliveries", filter),
  refetchInterval: 10_000,
});
