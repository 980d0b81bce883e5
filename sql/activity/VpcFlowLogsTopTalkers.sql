-- name: VpcFlowLogsTopTalkers
-- kind: activity
-- purpose: Addresses with the most traffic in bytes, as source and destination together
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 50: most rows to return
-- fields: srcaddr dstaddr packets bytes
-- columns: address,total_bytes,total_packets,record_count
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
WITH ends AS (
  SELECT
    CASE r.role WHEN 'source' THEN sourceaddress ELSE destinationaddress END AS address,
    numbytes,
    numpackets
  FROM vpcflow
  CROSS JOIN (VALUES ('source'), ('destination')) AS r (role)
  WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
    AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
    AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
    AND COALESCE(logstatus, 'OK') = 'OK'
    -- A record from an address to itself counts once.
    AND (r.role = 'source' OR sourceaddress IS NULL OR sourceaddress <> destinationaddress)
)
SELECT
  address,
  COALESCE(SUM(CAST(numbytes AS DECIMAL(38, 0))), 0) AS total_bytes,
  COALESCE(SUM(CAST(numpackets AS DECIMAL(38, 0))), 0) AS total_packets,
  COUNT(*) AS record_count
FROM ends
WHERE address <> '-'
GROUP BY address
ORDER BY total_bytes DESC, address
LIMIT ? /* limit */
