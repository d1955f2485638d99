import { pageOf } from "#lib/contracts/common.ts";
import { ChannelInput, ChannelPatch, ChannelView, Delivery, DeliveryQuery } from "#lib/contracts/notifications.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { createChannel } from "#lib/services/notification-channels/create-channel.ts";
import { deleteChannel } from "#lib/services/notification-channels/delete-channel.ts";
import { getChannel, listChannels, listDeliveries } from "#lib/services/notification-channels/read-channels.ts";
import { retryDelivery, testChannel } from "#lib/services/notification-channels/test-channel.ts";
import { updateChannel } from "#lib/services/notification-channels/update-channel.ts";

const tag = "Notifications";

export const NOTIFICATION_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/notification-channels",
    operationId: "listNotificationChannels",
    tag,
    summary: "List the channels that are told of alerts, by name",
    role: "viewer",
    output: listOf(ChannelView),
    handle: async (_, actor) => ({ body: { items: await listChannels(actor) } }),
  },
  {
    method: "POST",
    path: "/notification-channels",
    operationId: "createNotificationChannel",
    tag,
    summary: "Add a channel",
    description:
      "In use at once, in no revision. What its target holds is kept as ciphertext only and is in no answer. It is told of " +
      "alerts that fire or end from now on.",
    role: "admin",
    input: ChannelInput,
    output: ChannelView,
    status: 201,
    problems: ["duplicate-name"],
    handle: async ({ input }, actor) => {
      const channel = await createChannel(actor, input);
      return { body: channel, headers: { location: `/api/v1/notification-channels/${channel.id}` } };
    },
  },
  {
    method: "GET",
    path: "/notification-channels/{id}",
    operationId: "getNotificationChannel",
    tag,
    summary: "Read a channel",
    role: "viewer",
    output: ChannelView,
    handle: async (call, actor) => ({ body: await getChannel(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/notification-channels/{id}",
    operationId: "updateNotificationChannel",
    tag,
    summary: "Change a channel",
    description:
      "Fields left out stay; `target` is replaced whole. What is pending goes to where the channel then leads.",
    role: "admin",
    input: ChannelPatch,
    output: ChannelView,
    problems: ["duplicate-name"],
    handle: async (call, actor) => ({ body: await updateChannel(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/notification-channels/{id}",
    operationId: "deleteNotificationChannel",
    tag,
    summary: "Forget a channel, with what is pending and its log",
    role: "admin",
    status: 204,
    handle: async (call, actor) => {
      await deleteChannel(actor, param(call, "id"));
      return {};
    },
  },
  {
    method: "POST",
    path: "/notification-channels/{id}/test",
    operationId: "testNotificationChannel",
    tag,
    summary: "Send a test message now, and say what came of it",
    description: "Also when the channel is off. It is tried once.",
    role: "operator",
    input: EmptyInput,
    output: Delivery,
    problems: ["no-worker-answer"],
    handle: async (call, actor) => ({ body: await testChannel(actor, param(call, "id"), call.input, call.signal) }),
  },
  {
    method: "GET",
    path: "/notification-deliveries",
    operationId: "listNotificationDeliveries",
    tag,
    summary: "List what the channels were told, the newest first",
    role: "viewer",
    query: DeliveryQuery,
    output: pageOf(Delivery),
    handle: async ({ query }, actor) => ({ body: await listDeliveries(actor, query) }),
  },
  {
    method: "POST",
    path: "/notification-deliveries/{id}/retry",
    operationId: "retryNotificationDelivery",
    tag,
    summary: "Try a delivery that was given up once more",
    role: "operator",
    input: EmptyInput,
    output: Delivery,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await retryDelivery(actor, param(call, "id"), call.input) }),
  },
];
