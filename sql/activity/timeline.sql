-- name: timeline
-- kind: activity
-- purpose: Every flow record of one address, as source or destination, oldest first
-- table: vpcflow
-- parameters:
--   ip ip: the address
--   date_from date: first day of the partitions to read
--   date_to date: last day of the partitions to read
--   regions regions = *: regions of the partitions, separated by commas; * for every one
--   accounts accounts = *: accounts of the partitions, separated by commas; * for every one
-- fields: srcaddr dstaddr start
-- columns: version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus,vpcid,type,tcpflags,subnetid,sublocationtype,sublocationid,region,pktsrcaddr,pktdstaddr,instanceid,azid,pkt_src_aws_service,pkt_dst_aws_service,flow_direction,traffic_path,date_partition,region_partition,account_partition
-- references: AWS incident response playbook "Analyzing VPC Flow Logs" (CC BY 4.0)
SELECT
  version,
  account,
  interfaceid,
  sourceaddress,
  destinationaddress,
  sourceport,
  destinationport,
  protocol,
  numpackets,
  numbytes,
  starttime,
  endtime,
  action,
  logstatus,
  vpcid,
  type,
  tcpflags,
  subnetid,
  sublocationtype,
  sublocationid,
  region,
  pktsrcaddr,
  pktdstaddr,
  instanceid,
  azid,
  pkt_src_aws_service,
  pkt_dst_aws_service,
  flow_direction,
  traffic_path,
  date_partition,
  region_partition,
  account_partition
FROM vpcflow
WHERE date_partition BETWEEN ? /* date_from */ AND ? /* date_to */
  AND ('*' IN (? /* regions */) OR region_partition IN (? /* regions */))
  AND ('*' IN (? /* accounts */) OR account_partition IN (? /* accounts */))
  AND (sourceaddress = ? /* ip */ OR destinationaddress = ? /* ip */)
ORDER BY starttime, endtime, interfaceid, sourceaddress, destinationaddress, sourceport, destinationport, protocol, numbytes, numpackets, action, account
