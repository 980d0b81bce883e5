-- name: VpcFlowLogsAdminPortTraffic
-- kind: activity
-- purpose: Addresses that serve administrative ports, most bytes first; the list of ports is Flowhound's and stands in each row
-- table: vpcflow
-- parameters:
--   ports ports = 22,23,2082,2083,2086,2087,2222,3389,4848,5900,5901,5902,5903,5985,5986,7001,8006,8080,8443,8888,9090,9443,10000: the administrative ports, separated by commas
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 10: most rows to return
-- fields: srcaddr dstaddr srcport dstport packets bytes
-- columns: address,admin_ports,total_bytes,total_packets,record_count
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
WITH served AS (
  SELECT
    -- A request names the server as its destination; only if it is none, a response names it as its source.
    CASE
      WHEN contains(split(? /* ports */, ','), CAST(destinationport AS VARCHAR)) THEN destinationaddress
      WHEN contains(split(? /* ports */, ','), CAST(sourceport AS VARCHAR)) THEN sourceaddress
    END AS address,
    numbytes,
    numpackets
  FROM vpcflow
  WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
    AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
    AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
    AND COALESCE(logstatus, 'OK') = 'OK'
)
SELECT
  address,
  CAST(? /* ports */ AS VARCHAR) AS admin_ports,
  COALESCE(SUM(CAST(numbytes AS DECIMAL(38, 0))), 0) AS total_bytes,
  COALESCE(SUM(CAST(numpackets AS DECIMAL(38, 0))), 0) AS total_packets,
  COUNT(*) AS record_count
FROM served
WHERE address IS NOT NULL
GROUP BY address
ORDER BY total_bytes DESC, address
LIMIT ? /* limit */
