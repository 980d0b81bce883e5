-- name: host_data_ratio
-- kind: detection
-- purpose: The data-ratio query of the playbook over the log objects of an execution, for one host
-- table: vpcflow
-- parameters:
--   ip ip: the address to look up
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions: regions of the partitions
--   accounts accounts: accounts of the partitions
--   objects objects: the objects
-- fields: srcaddr dstaddr
-- columns: sourceaddress,destinationaddress,record_count,total_bytes,data_ratio,first_seen,last_seen
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT
  sourceaddress,
  destinationaddress,
  COUNT(*) AS record_count,
  COALESCE(SUM(CAST(numbytes AS DECIMAL(38, 0))), 0) AS total_bytes,
  -- The mean of a decimal is an exact decimal; dividing two whole numbers would cut the fraction off.
  AVG(CAST(COALESCE(numbytes, 0) AS DECIMAL(38, 2))) AS data_ratio,
  -- A time past the year 9999 is no time.
  date_format(from_unixtime(MIN(CASE WHEN starttime <= 253402300799 THEN starttime END)), '%Y/%m/%d %H:%i:%s') AS first_seen,
  date_format(from_unixtime(MAX(CASE WHEN endtime <= 253402300799 THEN endtime END)), '%Y/%m/%d %H:%i:%s') AS last_seen
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND "$path" IN (? /* objects */)
  AND (sourceaddress = ? /* ip */ OR destinationaddress = ? /* ip */)
GROUP BY sourceaddress, destinationaddress
ORDER BY total_bytes DESC, sourceaddress, destinationaddress
