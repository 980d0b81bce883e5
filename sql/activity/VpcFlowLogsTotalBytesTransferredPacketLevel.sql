-- name: VpcFlowLogsTotalBytesTransferredPacketLevel
-- kind: activity
-- purpose: Pairs of the source and destination address in the packets themselves, behind NAT and transit gateways, most bytes first
-- table: vpcflow
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 50: most rows to return
-- fields: pkt-srcaddr pkt-dstaddr packets bytes
-- columns: pktsrcaddr,pktdstaddr,total_bytes,total_packets,record_count
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
SELECT
  pktsrcaddr,
  pktdstaddr,
  COALESCE(SUM(CAST(numbytes AS DECIMAL(38, 0))), 0) AS total_bytes,
  COALESCE(SUM(CAST(numpackets AS DECIMAL(38, 0))), 0) AS total_packets,
  COUNT(*) AS record_count
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND COALESCE(logstatus, 'OK') = 'OK'
  AND pktsrcaddr <> '-'
  AND pktdstaddr <> '-'
GROUP BY pktsrcaddr, pktdstaddr
ORDER BY total_bytes DESC, pktsrcaddr, pktdstaddr
LIMIT ? /* limit */
