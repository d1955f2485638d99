import type { Messages } from "../index.ts";
import alerts from "./alerts.json" with { type: "json" };
import apiReference from "./apiReference.json" with { type: "json" };
import audit from "./audit.json" with { type: "json" };
import canary from "./canary.json" with { type: "json" };
import certificates from "./certificates.json" with { type: "json" };
import changes from "./changes.json" with { type: "json" };
import charts from "./charts.json" with { type: "json" };
import common from "./common.json" with { type: "json" };
import diff from "./diff.json" with { type: "json" };
import errors from "./errors.json" with { type: "json" };
import forms from "./forms.json" with { type: "json" };
import invitation from "./invitation.json" with { type: "json" };
import ledger from "./ledger.json" with { type: "json" };
import nodes from "./nodes.json" with { type: "json" };
import notifications from "./notifications.json" with { type: "json" };
import overview from "./overview.json" with { type: "json" };
import palette from "./palette.json" with { type: "json" };
import pool from "./pool.json" with { type: "json" };
import pools from "./pools.json" with { type: "json" };
import probeTruth from "./probeTruth.json" with { type: "json" };
import proxy from "./proxy.json" with { type: "json" };
import requests from "./requests.json" with { type: "json" };
import resources from "./resources.json" with { type: "json" };
import review from "./review.json" with { type: "json" };
import routes from "./routes.json" with { type: "json" };
import rules from "./rules.json" with { type: "json" };
import settings from "./settings.json" with { type: "json" };
import shell from "./shell.json" with { type: "json" };
import signIn from "./signIn.json" with { type: "json" };
import silences from "./silences.json" with { type: "json" };
import staging from "./staging.json" with { type: "json" };
import status from "./status.json" with { type: "json" };
import system from "./system.json" with { type: "json" };
import terms from "./terms.json" with { type: "json" };
import top from "./top.json" with { type: "json" };
import topology from "./topology.json" with { type: "json" };

export const zhCN: Messages = {
  alerts,
  apiReference,
  audit,
  canary,
  certificates,
  changes,
  charts,
  common,
  diff,
  errors,
  forms,
  invitation,
  ledger,
  nodes,
  notifications,
  overview,
  palette,
  pool,
  pools,
  probeTruth,
  proxy,
  requests,
  resources,
  review,
  routes,
  rules,
  settings,
  shell,
  signIn,
  silences,
  staging,
  status,
  system,
  terms,
  topology,
  top,
};
