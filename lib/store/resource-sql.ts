// What workers and the API write alike: what was told last of nodes' resources, and its history. One parameter, ToldRow[] as JSON.
import type { ToldResources } from "#lib/core/resources/current.ts";

export type ToldRow = ToldResources & { nodeId: string };

export const toldJson = (rows: readonly ToldRow[]): string =>
  // PostgreSQL has no place for NUL; a node's answer, quoted in a detail, may hold one.
  JSON.stringify(rows).replaceAll("\\u0000", "");

/** In the order of the nodes: two who write the same ones take turns. What is older than what is there is passed over. */
export const WRITE_LATEST = `
  INSERT INTO node_resource (node_id, at, source, told_by, reading)
  SELECT DISTINCT ON (node.id) node.id, to_timestamp(t."atMs" / 1000), t.source, t.by, t.reading
  FROM jsonb_to_recordset($1::jsonb) AS t ("nodeId" uuid, "atMs" float8, source text, by text, reading jsonb)
  JOIN node ON node.id = t."nodeId" ORDER BY node.id, t."atMs" DESC
  ON CONFLICT (node_id) DO UPDATE SET at = EXCLUDED.at, source = EXCLUDED.source, told_by = EXCLUDED.told_by,
    reading = EXCLUDED.reading
  WHERE node_resource.at < EXCLUDED.at OR node_resource.source <> EXCLUDED.source`;

/** Adds what was told to its spans. Twice the same adds to sums and counts alike, and changes no mean and no maximum. */
export const WRITE_HISTORY = `
  INSERT INTO resource_rollup AS r (resolution, at, node_id, cpu_count, cpu_sum, cpu_max, memory_count, memory_sum, memory_max,
    memory_ratio_count, memory_ratio_sum, backlog_count, backlog_sum, backlog_max)
  SELECT span.name, date_bin(span.length, told.at, '2000-01-01 00:00:00+00'), told.id,
    count(told.cpu), coalesce(sum(told.cpu), 0), max(told.cpu), count(told.memory), coalesce(sum(told.memory), 0), max(told.memory),
    count(told.ratio), coalesce(sum(told.ratio), 0), count(told.backlog), coalesce(sum(told.backlog), 0), max(told.backlog)
  FROM (SELECT t."nodeId" AS id, to_timestamp(t."atMs" / 1000) AS at, (t.reading -> 'cpu' ->> 'ratio')::float8 AS cpu,
      (t.reading -> 'memory' ->> 'usedBytes')::float8 AS memory, (t.reading -> 'memory' ->> 'ratio')::float8 AS ratio,
      (t.reading -> 'backlog' ->> 'waiting')::float8 AS backlog
    FROM jsonb_to_recordset($1::jsonb) AS t ("nodeId" uuid, "atMs" float8, reading jsonb) JOIN node ON node.id = t."nodeId") AS told
  CROSS JOIN (VALUES ('10s', interval '10 seconds'), ('1m', interval '1 minute'), ('1h', interval '1 hour')) AS span (name, length)
  WHERE num_nonnulls(told.cpu, told.memory, told.backlog) > 0
  GROUP BY 1, 2, 3 ORDER BY 3, 2, 1
  ON CONFLICT (node_id, at, resolution) DO UPDATE SET
    cpu_count = r.cpu_count + EXCLUDED.cpu_count, cpu_sum = r.cpu_sum + EXCLUDED.cpu_sum, cpu_max = greatest(r.cpu_max, EXCLUDED.cpu_max),
    memory_count = r.memory_count + EXCLUDED.memory_count, memory_sum = r.memory_sum + EXCLUDED.memory_sum,
    memory_max = greatest(r.memory_max, EXCLUDED.memory_max),
    memory_ratio_count = r.memory_ratio_count + EXCLUDED.memory_ratio_count,
    memory_ratio_sum = r.memory_ratio_sum + EXCLUDED.memory_ratio_sum,
    backlog_count = r.backlog_count + EXCLUDED.backlog_count, backlog_sum = r.backlog_sum + EXCLUDED.backlog_sum,
    backlog_max = greatest(r.backlog_max, EXCLUDED.backlog_max)`;
