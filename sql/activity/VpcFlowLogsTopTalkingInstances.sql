-- name: VpcFlowLogsTopTalkingInstances
-- kind: activity
-- purpose: Instances with the most traffic in bytes
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 50: most rows to return
-- fields: instance-id packets bytes
-- columns: instanceid,total_bytes,total_packets,record_count
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
SELECT
  instanceid,
  COALESCE(SUM(CAST(numbytes AS DECIMAL(38, 0))), 0) AS total_bytes,
  COALESCE(SUM(CAST(numpackets AS DECIMAL(38, 0))), 0) AS total_packets,
  COUNT(*) AS record_count
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND COALESCE(logstatus, 'OK') = 'OK'
  AND instanceid <> '-'
GROUP BY instanceid
ORDER BY total_bytes DESC, instanceid
LIMIT ? /* limit */
