-- name: VpcFlowLogsSshRdpTraffic
-- kind: activity
-- purpose: SSH and RDP records over TCP, newest first; both ports stand in each row
-- table: vpcflow
-- parameters:
--   ports ports = 22,3389: the ports that mean SSH and RDP, separated by commas
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
--   limit limit = 50: most rows to return
-- fields: srcaddr dstaddr srcport dstport protocol start
-- columns: start_time,end_time,account,interfaceid,sourceaddress,sourceport,destinationaddress,destinationport,protocol,numpackets,numbytes,action
-- references: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-athena.html
SELECT
  CASE WHEN starttime <= 253402300799 THEN date_format(from_unixtime(starttime), '%Y/%m/%d %H:%i:%s') END AS start_time,
  CASE WHEN endtime <= 253402300799 THEN date_format(from_unixtime(endtime), '%Y/%m/%d %H:%i:%s') END AS end_time,
  account,
  interfaceid,
  sourceaddress,
  sourceport,
  destinationaddress,
  destinationport,
  protocol,
  numpackets,
  numbytes,
  action
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND COALESCE(logstatus, 'OK') = 'OK'
  AND protocol = 6
  AND (
    contains(split(? /* ports */, ','), CAST(sourceport AS VARCHAR))
    OR contains(split(? /* ports */, ','), CAST(destinationport AS VARCHAR))
  )
ORDER BY starttime DESC, endtime DESC, interfaceid, sourceaddress, destinationaddress, sourceport, destinationport, protocol, numbytes, numpackets, action, account
LIMIT ? /* limit */
