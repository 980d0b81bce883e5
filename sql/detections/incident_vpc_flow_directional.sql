-- name: incident_vpc_flow_directional
-- kind: detection
-- purpose: Flow records to and from the addresses in incident_iocs, as the playbook shows them
-- table: directional_flow_records
-- parameters:
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
-- fields: srcaddr dstaddr
-- columns: account,interfaceid,source,destination,direction,connecting_ip,connecting_port,protocol,numpackets,numbytes,action,logstatus,startTime,endTime,sessionTime
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
-- The labels are those of the playbook, seen from the indicator: INBOUND is a record whose destination is the indicator, and
-- connecting_ip is the other end, our host. Everything else in Flowhound speaks from our network.
SELECT
  account,
  interfaceid,
  source,
  destination,
  direction,
  connecting_ip,
  connecting_port,
  protocol,
  numpackets,
  numbytes,
  action,
  logstatus,
  startTime,
  endTime,
  sessionTime
FROM directional_flow_records
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
ORDER BY
  startTime, endTime, sessionTime, interfaceid, connecting_ip, direction,
  -- Ties, so that every engine gives the same order.
  source, destination, protocol, numpackets, numbytes, action, account
