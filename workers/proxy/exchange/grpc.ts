// What is particular to a gRPC call: its outcome is in the trailers, and whoever fails it must say so in its own words.
import type { Outcome } from "#lib/core/classify.ts";
import { classifyGrpc, GRPC, grpcMessage, grpcStatusOf, isGrpc } from "#lib/core/grpc.ts";
import { Field, type Fields, fieldValue } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";

export const isGrpcCall = ({ version, fields }: RequestHead): boolean =>
  version === "2" && isGrpc(fieldValue(fields, "content-type"));

/** Of a whole answer. @param trailers null: there were none, and a status, if any, is in the head @param ofHead by HTTP */
export function answerOutcome(
  request: RequestHead,
  answer: ResponseHead,
  trailers: Fields | null,
  ofHead: Outcome,
): Outcome {
  if (!isGrpcCall(request)) return ofHead;
  const status = (trailers && fieldValue(trailers, "grpc-status")) ?? fieldValue(answer.fields, "grpc-status");
  return classifyGrpc(ofHead, grpcStatusOf(status));
}

/** Trailers of an answer that broke off: the node is gone in the middle of it. */
export const brokenOff = (): Fields => ({
  names: ["grpc-status", "grpc-message"],
  values: [String(GRPC.unavailable), grpcMessage("the node's answer broke off")],
  kinds: [Field.other, Field.other],
  text: "",
  start: 0,
});
